-- The job's log: changes of state, never every claim; the newest 10,000 or so are kept.
local function tell(job, kind, text, worker, index)
  redis.call('XADD', job.ev, 'MAXLEN', '~', 10000, '*', 'kind', kind, 'text', text,
    'worker', worker or '', 'file', index and integer(index) or '')
end
