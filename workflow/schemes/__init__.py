"""Schemes: dated policy as data, and the models that read it."""

from workflow.schemes.basis import BasisPolicy
from workflow.schemes.model import PolicyVersion, Scheme
from workflow.schemes.problems import Problem, SchemeError
from workflow.schemes.reading import load_scheme, packaged_schemes

__all__ = ["BasisPolicy", "PolicyVersion", "Problem", "Scheme", "SchemeError", "load_scheme", "packaged_schemes"]
