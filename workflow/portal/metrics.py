"""Numbers about the portal for Prometheus: routes by name, never by address, so that no id becomes a label."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from workflow.portal_ports import Readings


@dataclass(slots=True)
class Metrics:
    """One registry an app, so that two apps of one process do not meet."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    gauges: dict[str, Gauge] = field(init=False)

    def __post_init__(self) -> None:
        labels = ("route", "method", "status")
        self.requests = Counter("amends_http_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram("amends_http_seconds", "Time to answer.", ("route",), registry=self.registry)
        self.gauges = {
            name: Gauge(f"amends_{name}", text, registry=self.registry)
            for name, text in (
                ("outbox_age_seconds", "Age of the oldest record that nobody has acknowledged."),
                ("outbox_records", "Records that nobody has acknowledged."),
                ("timer_lateness_seconds", "How late the latest unfired timer is, parked cases left out."),
                ("lag_records", "Records that workers have not read yet, as they last wrote."),
                ("parked_cases", "Cases that an operator must see first."),
            )
        }

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(route, method, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def exposition(self, readings: Readings) -> bytes:
        """Return all numbers in Prometheus' text format."""
        for name, gauge in self.gauges.items():
            gauge.set(getattr(readings, name))
        return generate_latest(self.registry)
