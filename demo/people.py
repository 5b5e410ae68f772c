from django.contrib.auth.hashers import make_password

from accounts.models import ApiToken, Membership, User
from accounts.roles import Role
from demo.names import staff_name
from demo.world import Skill

PASSWORD = "manyi-demo"
# How many people of each role work in a store, and what they sign in with: the name, then the number of the store.
POSTS = [
    (Role.SERVICE_ADVISOR, "advisor", 3),
    (Role.SALESPERSON, "seller", 3),
    (Role.CARE_AGENT, "agent", 2),
    (Role.SALES_MANAGER, "salesmanager", 1),
    (Role.SERVICE_MANAGER, "servicemanager", 1),
    (Role.CARE_MANAGER, "caremanager", 1),
    (Role.STORE_MANAGER, "manager", 1),
    (Role.AUDITOR, "auditor", 1),
    (Role.TECHNICIAN, "technician", 6),
    (Role.INSPECTOR, "inspector", 1),
]
GROUP_POSTS = [(Role.GROUP_MANAGER, "group"), (Role.ADMINISTRATOR, "admin")]
# From the best to the weakest of a role, so that comparing people shows something.
SKILLS = [Skill(0.16, 0.86), Skill(0.0, 0.78), Skill(-0.3, 0.66)]
STORE_SKILLS = [0.0, -0.12, 0.08]


def hire(world):
    """Give every store its people and the group its two; one password for all, so one hash does."""
    password, since = make_password(PASSWORD), world.branches[0].at(world.first_day, 0)
    hired = []
    for branch in world.branches:
        for role, login, number in POSTS:
            logins = [login_name(login, branch.number, place) for place in range(number)]
            branch.staff[role] = [person(username, password, len(hired) + place, since) for place, username in enumerate(logins, start=1)]
            hired += [(user, Membership(user=user, role=role, store=branch.store)) for user in branch.staff[role]]
    for role, login in GROUP_POSTS:
        user = person(login, password, len(hired) + 1, since)
        user.is_staff = user.is_superuser = role == Role.ADMINISTRATOR
        hired.append((user, Membership(user=user, role=role, is_group=True)))
    User.objects.bulk_create(user for user, _membership in hired)
    Membership.objects.bulk_create(membership for _user, membership in hired)
    for branch in world.branches:
        rate(branch)
    return [membership for _user, membership in hired]


def usernames(stores):
    """Return every username a group of so many stores needs."""
    of_stores = [login_name(login, number, place) for number in range(1, stores + 1) for _role, login, people in POSTS for place in range(people)]
    return of_stores + [login for _role, login in GROUP_POSTS]


def person(username, password, number, since):
    reached = {"phone": f"198{number:08d}", "email": f"{username}@example.com"}
    return User(username=username, password=password, name=staff_name(number), date_joined=since, **reached)


def login_name(login, store_number, place):
    """Return advisor1, advisor1b, advisor1c …"""
    return f"{login}{store_number}{'' if place == 0 else chr(ord('a') + place)}"


def rate(branch):
    """Settle how well each adviser of the store works."""
    shift = STORE_SKILLS[(branch.number - 1) % len(STORE_SKILLS)]
    for role in (Role.SERVICE_ADVISOR, Role.SALESPERSON):
        for user, skill in zip(branch.staff[role], SKILLS, strict=True):
            branch.skills[user.pk] = Skill(skill.rating + shift, skill.on_time + shift / 4)


def issue_tokens(memberships):
    """Issue one API token per role, to the first person who holds it; return ``[(membership, key)]``."""
    first = {}
    for membership in memberships:
        first.setdefault(membership.role, membership)
    return [(membership, ApiToken.issue(membership.user, "demo")[1]) for membership in first.values()]
