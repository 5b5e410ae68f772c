from customers.models.consent import Channel, Consent, Purpose
from customers.models.contact import ContactPerson
from customers.models.custom_field import CustomField
from customers.models.customer import Customer
from customers.models.duplicate import DuplicatePair
from customers.models.inspection import InspectionClass, InspectionRule
from customers.models.link import CustomerLink
from customers.models.merge import CustomerMerge
from customers.models.mileage import MileageReading
from customers.models.ownership import PastOwnership
from customers.models.phone import Phone
from customers.models.plate import PastPlate
from customers.models.privacy import PrivacyNotice
from customers.models.restriction import RETENTIONS, Hold, Retention
from customers.models.reveal import Reveal
from customers.models.rights import RightsRequest
from customers.models.vehicle import Vehicle

__all__ = [
    "RETENTIONS",
    "Channel",
    "Consent",
    "ContactPerson",
    "CustomField",
    "Customer",
    "CustomerLink",
    "CustomerMerge",
    "DuplicatePair",
    "Hold",
    "InspectionClass",
    "InspectionRule",
    "MileageReading",
    "PastOwnership",
    "PastPlate",
    "Phone",
    "PrivacyNotice",
    "Purpose",
    "Retention",
    "Reveal",
    "RightsRequest",
    "Vehicle",
]
