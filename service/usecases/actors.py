"""Who does something, and what each role may do. Everything not listed here is refused."""

from dataclasses import dataclass
from enum import StrEnum

from pipelines.domain.errors import NotPermitted


class UserRole(StrEnum):
    AGENT = "agent"
    KB_MANAGER = "kb_manager"
    LEAD = "lead"
    ADMIN = "admin"
    INTEGRATION = "integration"


class Permission(StrEnum):
    """What can be allowed. Routes and use cases name one of these, never a role."""

    SEND_TICKETS = "send_tickets"
    READ_TICKETS = "read_tickets"
    ERASE_TICKETS = "erase_tickets"
    READ_DRAFTS = "read_drafts"
    DECIDE_DRAFTS = "decide_drafts"
    READ_RESOLUTIONS = "read_resolutions"
    CHANGE_RESOLUTIONS = "change_resolutions"
    ASK_SUGGESTIONS = "ask_suggestions"
    READ_GAPS = "read_gaps"
    CHANGE_GAPS = "change_gaps"
    READ_ARTICLES = "read_articles"
    PROPOSE_ARTICLES = "propose_articles"
    CHANGE_ARTICLES = "change_articles"
    READ_METRICS = "read_metrics"
    READ_CAPTURE_FIGURES = "read_capture_figures"


_PEOPLE = frozenset(
    {
        Permission.READ_TICKETS,
        Permission.READ_DRAFTS,
        Permission.DECIDE_DRAFTS,
        Permission.READ_RESOLUTIONS,
        Permission.CHANGE_RESOLUTIONS,
        Permission.ASK_SUGGESTIONS,
        Permission.READ_GAPS,
        Permission.READ_ARTICLES,
        Permission.PROPOSE_ARTICLES,
    }
)
PERMISSIONS: dict[UserRole, frozenset[Permission]] = {
    UserRole.AGENT: _PEOPLE,
    UserRole.LEAD: _PEOPLE | {Permission.READ_CAPTURE_FIGURES},
    UserRole.KB_MANAGER: _PEOPLE
    | {Permission.CHANGE_GAPS, Permission.CHANGE_ARTICLES, Permission.READ_CAPTURE_FIGURES},
    UserRole.ADMIN: frozenset(Permission),
    UserRole.INTEGRATION: frozenset(
        {
            Permission.SEND_TICKETS,
            Permission.READ_TICKETS,
            Permission.ASK_SUGGESTIONS,
            Permission.READ_RESOLUTIONS,
            Permission.READ_GAPS,
            Permission.READ_ARTICLES,
            Permission.READ_METRICS,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, a program with a token, or the system itself. `id` is the user's, None for the others."""

    name: str
    role: UserRole
    id: int | None = None

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Raises NotPermitted where the role lacks it."""
        if not self.may(permission):
            wanted = permission.replace("_", " ")
            raise NotPermitted(f"The role {self.role} may not {wanted}; ask an administrator for another role.")


SYSTEM = Actor(name="system", role=UserRole.ADMIN)
"""Jobs and command-line administration."""
