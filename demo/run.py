"""Play ``demo/demo.yml`` against a simulator, which ends with this program.

python -m demo.run [options of ansible-playbook]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.simulator import start
from tests.support.environments import Environment
from tests.support.processes import end, raise_when_terminated

PLAYBOOK = Path(__file__).with_name("demo.yml")


def main(options: list[str]) -> int:
    raise_when_terminated()
    with start() as simulator:
        facts = {"endpoint": simulator.endpoint, "identities": simulator.identities, "uuids": simulator.uuids}
        command = ["ansible-playbook", str(PLAYBOOK), "--extra-vars", json.dumps(facts), *options]
        # It needs no inventory, and need not say so.
        environ = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
        process = subprocess.Popen(
            command,
            env={**Environment("demo").environ(), **environ},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return process.wait()
        except KeyboardInterrupt:
            end(process)
            return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
