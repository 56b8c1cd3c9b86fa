"""Names of people, found only by comparison with known names."""

from governance.detection.kinds.detector import Data, Detector, Kind

NAME = "person_name"

DETECTOR = Detector(
    kinds=(Kind(NAME, Data.PERSONAL, gravity=50, category="user.name", example="سارا کریمی"),), known_only=True
)
