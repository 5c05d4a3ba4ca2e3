"""Runs the emulator until its standard input ends, which happens when the test ends, however it ends."""

import os
import signal
import sys
import threading


def end_with_the_test() -> None:
    sys.stdin.buffer.read()
    # The functions run as children in the same process group.
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_the_test, daemon=True).start()

from ministack import app  # noqa: E402: importing it takes a while, and the test may end meanwhile


def keep_attributes_in_nested_stacks() -> None:
    """Repairs the update of a nested stack, which loses what Fn::GetAtt reads of each resource that does not change."""
    from ministack.services.cloudformation import _stacks, provisioners

    update = provisioners._update_resource

    def repaired(kind, physical_id, old, new, stack_name, logical_id=None, old_attrs=None):
        if old_attrs is None:
            resources = _stacks.get(stack_name, {}).get("_resources", {})
            old_attrs = resources.get(logical_id, {}).get("Attributes")
        return update(kind, physical_id, old, new, stack_name, logical_id, old_attrs)

    provisioners._update_resource = repaired


def update_global_tables_in_place() -> None:
    """Repairs the update of AWS::DynamoDB::GlobalTable, which replaces each table that has no name in the template."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    update = handlers["update"]

    def repaired(name, old, new, stack_name):
        return update(name, {"TableName": name, **old}, {"TableName": name, **new}, stack_name)

    handlers["update"] = repaired


# Only a deployment needs TLS.
if "USE_SSL" in os.environ:
    keep_attributes_in_nested_stacks()
    update_global_tables_in_place()
    # It would listen on port 443 too, where it may.
    app._port_is_bindable = lambda host, port: False
sys.argv = ["ministack"]
app.main()
