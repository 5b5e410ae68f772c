"""Who may open what of archive and visits: one row a page, the roles that may."""

import pytest

from accounts.roles import Role
from tests.factories import make_user

ADVISOR, SALES, SALES_HEAD, SERVICE_HEAD = Role.SERVICE_ADVISOR, Role.SALESPERSON, Role.SALES_MANAGER, Role.SERVICE_MANAGER
AGENT, CARE_HEAD, STORE_HEAD, GROUP_HEAD, AUDITOR, ADMIN = (
    Role.CARE_AGENT,
    Role.CARE_MANAGER,
    Role.STORE_MANAGER,
    Role.GROUP_MANAGER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
EVERYBODY = {ADVISOR, SALES, SALES_HEAD, SERVICE_HEAD, AGENT, CARE_HEAD, STORE_HEAD, GROUP_HEAD, ADMIN}
SHOP = {Role.TECHNICIAN, Role.INSPECTOR}
RIGHTS = {
    "/reception/": {ADVISOR, SERVICE_HEAD, ADMIN},
    "/board/": EVERYBODY | SHOP,
    "/visits/": EVERYBODY | SHOP,
    "/visits/new/": {ADVISOR, SERVICE_HEAD, ADMIN},
    "/deliveries/": EVERYBODY | SHOP,
    "/deliveries/new/": {SALES, SALES_HEAD, ADMIN},
    "/appointments/": EVERYBODY | SHOP,
    "/appointments/new/": EVERYBODY - {STORE_HEAD},
    "/customers/": EVERYBODY,
    "/customers/new/": EVERYBODY - {STORE_HEAD},
    "/vehicles/": EVERYBODY,
    "/search/": EVERYBODY,
    "/notifications/": EVERYBODY | SHOP | {AUDITOR},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_pages_and_no_other(store, page, role):
    client = page(make_user("person", role, store))
    opened = {address for address in RIGHTS if client.get(address).status_code == 200}
    assert opened == {address for address, roles in RIGHTS.items() if role in roles}


@pytest.mark.parametrize("address", RIGHTS)
def test_nobody_without_a_login_opens_any(client, db, address):
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, f"/login/?next={address}")


def test_a_person_without_a_role_opens_nothing_but_the_bell(db, page):
    client = page(make_user("nobody"))
    assert [address for address in RIGHTS if client.get(address).status_code == 200] == ["/notifications/"]
