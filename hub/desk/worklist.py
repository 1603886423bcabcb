"""What waits for a person: the first page of everyone who signed in."""

from hub.core.actor import Actor, StaffRole
from hub.desk import company_work, staff_work
from hub.desk.work import WorkGroup


def worklist(actor: Actor) -> list[WorkGroup]:
    """The groups with something in them, most pressing first."""
    groups: list[WorkGroup] = []
    if actor.company_id is not None:
        groups += [
            company_work.consents(actor.company_id),
            company_work.signatures(actor.company_id),
            company_work.inquiries(actor.company_id),
            company_work.invoices(actor.company_id),
            company_work.announcements(actor.company_id),
            company_work.acceptances(actor.company_id),
            company_work.company_itself(actor.company_id),
        ]
    if actor.is_staff:
        groups.append(staff_work.tasks(actor))
    if actor.has(StaffRole.BROKER):
        groups += [staff_work.reviews(), staff_work.proposals(), staff_work.refusals()]
    if actor.has(StaffRole.FINANCE):
        groups += [staff_work.statement_lines(), staff_work.payouts(actor)]
    if actor.has(StaffRole.ADVERTISING):
        groups.append(staff_work.campaigns())
    if actor.depot_ids:
        groups += [staff_work.inbounds(actor), staff_work.releases(actor)]
    if actor.has(StaffRole.VERIFIER):
        groups.append(staff_work.companies())
    return [group for group in groups if group.items]
