"""Names of people: nothing tells them from other words but the names that are known."""

from governance.detection.kinds.detector import Data, Detector, Kind

NAME = "person_name"

DETECTOR = Detector(kinds=(Kind(NAME, Data.PERSONAL, gravity=50, category="user.name"),), known_only=True)
