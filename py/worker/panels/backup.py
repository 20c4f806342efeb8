"""Everything the learner made: out as one file, in from one, and deleted."""

import datetime
import secrets

from kobai.errors import KobaiError
from kobai.files.backup import dump_backup, load_backup
from kobai.files.checkpoint import load_state
from kobai.files.network_file import dump_network
from protocol import called_by_page
from pyodide.ffi import to_js

from worker.storage import training_slots

FROM_NETWORK = (
    "name", "origin", "date", "iterations", "settings", "normalize", "activation", "says_activation",
)  # fmt: skip


class Backup:
    """Everything the learner made, as one file; and such a file taken in."""

    def __init__(self, session):
        self.session = session
        self._found = None  # in the file that was looked into last

    @called_by_page
    async def export_everything(self):
        """All networks of the learner, all trainings, the settings: a name and the bytes of a file."""
        session = self.session
        networks = [
            (data, {name: about[name] for name in FROM_NETWORK} | {"history": history})
            async for data, about, history in session.networks.learners()
        ]
        trainings = []
        for slot in session.store.slots(training_slots.SLOT):
            kept = await session.store.get(slot)
            is_another = session.run is None or slot != session.run.kept.slot
            if kept and is_another and self._can_be_read(slot, kept[0]):
                trainings.append((kept[0], {"saved": kept[1]["saved"]}))
        if session.run is not None:  # as it is now, and even if the browser keeps nothing
            about = {"saved": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")}
            trainings.append((session.run.trainer.state(), about))
        today = datetime.datetime.now().date().isoformat()
        chosen = session.choices.values
        data = dump_backup(networks, trainings, chosen.get("settings"), chosen.get("code"))
        counts = {
            "networks": len(networks),
            "trainings": len(trainings),
            "code": chosen.get("code") is not None,
            "aside": len(session.store.aside),
        }
        return {"name": f"kobai-{today}.zip", **counts}, to_js(data)

    def _can_be_read(self, slot, state):
        """Whether a kept training is whole: a file with a damaged one could not be read as a whole."""
        try:
            load_state(state)
        except KobaiError:
            self.session.store.set_aside(slot)
            return False
        return True

    @called_by_page
    async def look_into(self, data):
        """What a file holds that is not here yet; nothing is changed. Raises KobaiError for another file."""
        self._found = None
        found = load_backup(data.to_bytes())
        networks = self.session.networks
        known = {data async for data, _about, _history in networks.learners()}
        new = [each for each in found.networks if dump_network(each.network, "dict") not in known]
        kept = [await self.session.store.get(slot) for slot in self.session.store.slots(training_slots.SLOT)]
        there = [each[0] for each in kept if each]
        trainings = [each for each in found.trainings if each.state not in there]
        code = None if self.session.choices.values.get("code") else found.code
        self._found = found._replace(networks=new, trainings=trainings, code=code)
        return {
            "networks": len(new),
            "trainings": len(trainings),
            "code": code is not None,
            "there": len(found.networks) - len(new) + len(found.trainings) - len(trainings),
        }

    @called_by_page
    async def add_what_was_found(self):
        """Put it beside what is here, all or nothing: raises KobaiError when the browser refuses."""
        session, found = self.session, self._found
        is_empty = not (
            session.store.slots(training_slots.SLOT) or session.networks.of_learner() or session.run
        )
        changes = dict(session.networks.slot_of(each.network, each.about) for each in found.networks)
        for each in found.trainings:
            changes[training_slots.SLOT + secrets.token_hex(6)] = each.state, {"owner": None, **each.about}
        refused = await session.store.write(changes)
        if refused:
            raise refused
        await session.networks.refresh(list(changes))
        if is_empty and found.settings:
            await session.choices.put(settings=found.settings)
        if found.code is not None:
            await session.choices.put(code=found.code)
        self._found = None
        return {"settings": found.settings if is_empty else None, "code": found.code}

    @called_by_page
    async def delete_everything(self):
        """Forget it all; the page starts anew then. Raises KobaiError when the browser refuses."""
        session = self.session
        if session.run is not None and session.run.running:
            raise KobaiError("Pause the training first.")
        refused = await session.store.clear()
        if refused:
            raise refused
        return {}
