"""The doctor: checks what a machine needs to take part, and says what to do about the rest."""

from hfdl_core.doctor.findings import Finding, Health, verdict
from hfdl_core.doctor.rounds import Chain, Check, Doctor
from hfdl_core.doctor.visit import chains_of

__all__ = ["Chain", "Check", "Doctor", "Finding", "Health", "chains_of", "verdict"]
