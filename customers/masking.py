"""What people without the right ``customers.reveal`` see of phones, plates, VINs and addresses (domain rule 6.5)."""

import re

DISTRICT = re.compile(r".*?[区县旗]")


def may_reveal(user, store_id):
    return user.may("customers.reveal", store_id)


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****" if phone else ""


def mask_plate(plate: str) -> str:
    return f"{plate[:2]}***{plate[-2:]}" if len(plate) >= 5 else "***" if plate else ""


def mask_vin(vin: str) -> str:
    return f"…{vin[-6:]}" if vin else ""


def mask_address(address: str) -> str:
    """Keep the address down to the district."""
    district = DISTRICT.match(address)
    return f"{district.group()}…" if district else "…" if address else ""


MASKS = {
    "phone": mask_phone,
    "sender_phone": mask_phone,
    "plate": mask_plate,
    "vin": mask_vin,
    "engine_number": mask_vin,
    "address": mask_address,
}


def shown(row, name, user):
    """Return the value of ``row.name`` as ``user`` may see it."""
    value = getattr(row, name)
    return value if may_reveal(user, row.store_id) else MASKS[name](value)
