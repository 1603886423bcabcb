"""What people are told: notices on the site, mail through the outbox, tasks for the staff.

Owns notice and staff_task. A task is open until the thing it is about has been dealt with.
Publishes nothing: others call ``notify_company``, ``notify_staff`` and ``open_task``.
"""
