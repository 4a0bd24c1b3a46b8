"""A ticket and a decision on its draft, as the API takes them."""

from typing import Any

from litestar.testing import TestClient

TICKET: dict[str, Any] = {
    "id": "T-1",
    "source": "jira",
    "subject": "Nightly export hangs with ERR-4207",
    "status": "closed",
    "created_at": "2026-03-02T08:00:00Z",
    "closed_at": "2026-03-04T16:00:00Z",
    "product_area": "Exports",
    "escalated": True,
    "assignee": "Kim",
    "messages": [
        {
            "id": "m1",
            "at": "2026-03-02T08:00:00Z",
            "role": "customer",
            "body": "Since the upgrade to version 6.4.1 the nightly export hangs with ERR-4207. "
            "Environment: Ubuntu 22.04, PostgreSQL 15.",
        },
        {
            "id": "m2",
            "at": "2026-03-03T10:00:00Z",
            "role": "engineer",
            "visibility": "internal",
            "body": "Root cause: the export worker keeps its lock on the job table while it waits for the mail queue.",
        },
        {
            "id": "m3",
            "at": "2026-03-04T15:00:00Z",
            "role": "agent",
            "body": "Resolution: upgrade to 6.4.3, which gives the lock back before mail is sent.",
        },
    ],
}

DECISION: dict[str, Any] = {
    "title": "Export hangs on the mail queue",
    "fields": {
        "symptom": {"state": "stated", "text": "The nightly export hangs with ERR-4207"},
        "root_cause": {"state": "stated", "text": "The worker keeps its lock while it waits for the mail queue"},
        "fix": {"state": "stated", "text": "Upgrade to 6.4.3"},
        "environment": {"state": "not_applicable"},
    },
    "fix_kind": "fix",
    "versions": {"state": "stated", "affected": ["6.4.1"], "fixed_in": ["6.4.3"]},
    "product_area": "Exports",
    "seconds": 41.5,
}
FIRST = {"If-Match": '"1"'}


def send(client: TestClient[Any], ticket: dict[str, Any]) -> Any:
    return client.put(f"/api/v1/tickets/{ticket.get('source', 'jira')}/{ticket['id']}", json=ticket)
