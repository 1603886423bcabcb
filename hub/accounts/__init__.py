"""Who trades and who runs the hub: companies, their users and roles, sign-in, verification.

Owns company, company_bank_account, company_paper, company_block, app_user, user_session,
sign_in_failure, staff_assignment, invitation, account_token, rules_acceptance. Verification goes
unverified -> submitted -> under_review -> verified / revision_requested / rejected; the account
pending -> active <-> suspended -> closed. Publishes what mails and notices are made of.
"""
