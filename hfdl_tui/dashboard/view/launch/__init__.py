"""What the launch and join dialogs say."""
