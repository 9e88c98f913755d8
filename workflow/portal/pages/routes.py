"""Every router of pages, in one place."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
