"""Which cluster answers: positions of one log mean nothing on another."""

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from streams.settings import StreamSettings


async def cluster_id(settings: StreamSettings) -> str:
    """Return the id of the cluster that answers; KafkaError when none does."""
    admin = AIOKafkaAdminClient(**settings.connection())
    await admin.start()
    try:
        described = await admin.describe_cluster()
    finally:
        await admin.close()
    if not described["brokers"]:
        raise KafkaConnectionError("the cluster names no broker")
    return str(described["cluster_id"])
