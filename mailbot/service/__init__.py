"""The service: jobs, signals, health. What a job does is told by the rooms that it calls."""
