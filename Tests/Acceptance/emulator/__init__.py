"""The parts of the strict ActiveCampaign emulator; `strict_emulator.py` puts them together."""
