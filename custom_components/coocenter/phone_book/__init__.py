"""The office's phone book; knows the package pbx, and nothing of Home Assistant."""

from .book import PhoneBook
from .model import Contact, ContactNumber, new_id
from .names import NameIndex, fold, spellings
from .plan import Plan, apply_plan, make_plan
from .reading import Draft, Fault, Problem, Reading, TooLarge
from .table import read_csv, write_csv
from .vcard import read_vcards, write_vcards

__all__ = [
    "Contact",
    "ContactNumber",
    "Draft",
    "Fault",
    "NameIndex",
    "PhoneBook",
    "Plan",
    "Problem",
    "Reading",
    "TooLarge",
    "apply_plan",
    "fold",
    "make_plan",
    "new_id",
    "read_csv",
    "read_vcards",
    "spellings",
    "write_csv",
    "write_vcards",
]
