"""The queue, its jobs and the supervisor of workers."""
