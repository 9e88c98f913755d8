"""Whether a broker answers, and which cluster it says it is."""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

REQUEST_MS = 3_000


async def listens(host: str, port: int) -> bool:
    """Whether something accepts connections there; asked first, for the Kafka client logs every vain attempt."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def cluster_id(client: Mapping[str, Any]) -> str | None:
    """The cluster id from the broker's metadata; None while it does not answer. `client` is aiokafka's options."""
    admin = AIOKafkaAdminClient(**{**client, "request_timeout_ms": REQUEST_MS})
    try:
        await admin.start()
        described = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return None
    finally:
        await admin.close()
    return str(described["cluster_id"]) if described["brokers"] else None
