"""Every router of pages, in one place."""

from fastapi import APIRouter

from workflow.portal.pages import accounts, actions, case, referral, registers, sessions, static, tasks

ROUTERS: tuple[APIRouter, ...] = (
    accounts.router,
    tasks.router,
    actions.router,
    sessions.router,
    case.router,
    referral.router,
    registers.router,
    static.router,
)
