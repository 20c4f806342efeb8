"""The network in use (A) and the one beside it (B) on the same test images."""

from kobai.analysis import paired_test
from protocol import called_by_page

from worker import progress
from worker.answers import shown


def start(session):
    """The objects whose marked functions the page may call."""
    return [Compare(session)]


class Compare:
    """Answers come from the last comparison, so that they fit together while a network learns on."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    async def compare_networks(self):
        """How many test images each group has, and whether the difference could be chance.

        {} without B, or when one of them leaves the shelf meanwhile: then the page asks anew.
        """
        networks = self.session.networks
        keys = networks.current, networks.beside
        if keys[1] is None:
            return {}
        y = []
        for place, key in enumerate(keys):
            if not networks.has(key):
                return {}
            y.append(await networks.answers(key, self._teller(place)))
        self._y = y_a, y_b = y
        self._compared = paired_test.compare(y_a, y_b, self.session.t_test)
        counts = self._compared.counts()
        only_a, only_b, images = counts["only_a"], counts["only_b"], counts["all"]
        difference, low, high = paired_test.accuracy_difference(only_a, only_b, images)
        return {
            "counts": counts,
            "difference": difference,
            "low": low,
            "high": high,
            "chance": paired_test.chance_of_split(only_a, only_b),
        }

    def _teller(self, place):
        """Tells how far both networks are while the one at this place, 0 or 1, is answering."""

        def tell(done, _correct):
            part = (place + done / len(self.session.x_test)) / 2
            return progress.tell("compare", part=part)

        return tell

    @called_by_page
    def compared_images(self, group, start, count):
        """Some images of a group with both answers, those on which the networks are furthest apart first."""
        page = self.session.page_of(self._compared.indices(group), start, count)
        for image in page["items"]:
            image["answers"] = [int(y[image["index"]].argmax()) for y in self._y]
        return page

    @called_by_page
    def beside_probabilities(self):
        """What the network beside says of the image chosen on the page, as it is now; {} without one."""
        beside = self.session.networks.beside
        return {} if beside is None else {"probabilities": self.session.probabilities(beside)}

    @called_by_page
    def compare_image(self, index):
        """The probabilities by both networks for one image."""
        return {**self.session.image(index), "probabilities": [shown(y[index]) for y in self._y]}
