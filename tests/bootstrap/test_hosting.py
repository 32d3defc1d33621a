"""A hosting folder: what belongs to one region, and what two may never share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from comity.bootstrap.hosting import SETTINGS_FILE, read_hosting
from comity.errors import UsageError

URL: Final = "http://127.0.0.1:8150"
REGIONS: Final = ("150000", "440000")


def region(folder: Path, code: str, *settings: str, is_test: bool = True) -> Path:
    """A data folder as `comity region init` leaves it, as far as it is looked at here."""
    path = folder / code
    path.mkdir(mode=0o700, parents=True)
    (path / "region.json").write_text(json.dumps({"format": 1, "region": code, "test": is_test}))
    (path / "keys.cbor").write_bytes(code.encode())
    lines = settings or (f"COMITY_KEY_PASSPHRASE=of {code}",)
    (path / SETTINGS_FILE).write_text("# settings\n\n" + "\n".join(lines) + "\n")
    (path / SETTINGS_FILE).chmod(0o600)
    return path


def real(folder: Path, code: str, url: str) -> Path:
    return region(folder, code, f"COMITY_KEY_PASSPHRASE={code}", f"COMITY_PUBLIC_URL={url}", is_test=False)


def test_a_test_region_without_address_is_reached_by_its_code(tmp_path: Path) -> None:
    for code in REGIONS:
        region(tmp_path, code)
    (tmp_path / "backups").mkdir()

    hosting = read_hosting(tmp_path, url=URL)

    assert [each.url for each in hosting.regions] == [f"{URL}/150000", f"{URL}/440000"]
    assert not hosting.refused


def test_nothing_that_is_set_for_the_machine_or_for_another_region_is_handed_on(tmp_path: Path) -> None:
    region(tmp_path, "150000", "COMITY_KEY_PASSPHRASE=one", "COMITY_WORKERS=2")
    region(tmp_path, "440000", "COMITY_KEY_PASSPHRASE=two", "COMITY_DATABASE_URL=postgresql://u@h/gd")
    machine = {
        "PATH": "/bin",
        "COMITY_KEY_PASSPHRASE": "machine",
        "COMITY_DATABASE_URL": "postgresql://u@h/machine",
        "PGPASSWORD": "x",
        "PROMETHEUS_MULTIPROC_DIR": "/m",
    }

    first, _ = read_hosting(tmp_path, url=URL).regions
    environment = first.environment(machine, socket=Path("/run/s"))

    assert environment == {
        "PATH": "/bin",
        "COMITY_KEY_PASSPHRASE": "one",
        "COMITY_WORKERS": "2",
        "COMITY_REGION": "150000",
        "COMITY_DATA": str(tmp_path / "150000"),
        "COMITY_PUBLIC_URL": f"{URL}/150000",
        "COMITY_SOCKET": "/run/s",
    }


PHRASE, URL_OF, DATABASE = "COMITY_KEY_PASSPHRASE", "COMITY_PUBLIC_URL", "COMITY_DATABASE_URL"


@pytest.mark.parametrize(
    ("settings", "shared"),
    [
        ((f"{PHRASE}=same",) * 2, "passphrase"),
        ((f"{PHRASE}_FILE={{folder}}/phrase", f"{PHRASE}=same"), "passphrase"),
        ((f"{DATABASE}=postgresql://a@db/x", f"{DATABASE}=postgresql://b@db:5432/x"), "database"),
        ((f"{DATABASE}=sqlite:///{{folder}}/x.db", f"{DATABASE}=sqlite:///{{folder}}/a/../x.db"), "database"),
        ((f"{DATABASE}=sqlite:///{{folder}}/440000/region.db", "COMITY_DEMO=1"), "database"),
        ((f"{URL_OF}=https://x.example/a",) * 2, "address"),
        ((f"{URL_OF}=https://x.example", f"{URL_OF}=https://x.example/a"), "path each"),
        ((f"{URL_OF}=https://x.example/a", f"{URL_OF}=https://x.example:8443/b"), "path each"),
    ],
)
def test_two_regions_never_share(tmp_path: Path, settings: tuple[str, str], shared: str) -> None:
    (tmp_path / "phrase").write_text("same\n")
    (tmp_path / "a").mkdir()
    for code, line in zip(REGIONS, settings, strict=True):
        region(tmp_path, code, line.format(folder=tmp_path))

    with pytest.raises(UsageError, match=shared):
        read_hosting(tmp_path, url=URL)


def test_two_schemas_of_one_database_are_two_databases(tmp_path: Path) -> None:
    for code in REGIONS:
        url = f"postgresql://r{code}@db/x?options=-csearch_path%3Dr{code}"
        region(tmp_path, code, f"COMITY_KEY_PASSPHRASE={code}", f"COMITY_DATABASE_URL={url}")

    assert len(read_hosting(tmp_path, url=URL).regions) == 2


def test_real_regions_have_a_host_name_each_since_browsers_keep_paths_together(tmp_path: Path) -> None:
    real(tmp_path, "150000", "https://codes.example/150000")
    real(tmp_path, "440000", "https://codes.example/440000")

    with pytest.raises(UsageError, match="same host name"):
        read_hosting(tmp_path, url=URL)

    (tmp_path / "440000" / SETTINGS_FILE).write_text(
        "COMITY_KEY_PASSPHRASE=2\nCOMITY_PUBLIC_URL=https://gd.example\n"
    )
    assert len(read_hosting(tmp_path, url=URL).regions) == 2


def make_link(path: Path) -> None:
    (path / "keys.cbor").unlink()
    (path / "keys.cbor").symlink_to(path.parent / "150000" / "keys.cbor")


def make_hard_link(path: Path) -> None:
    (path / "keys.cbor").unlink()
    os.link(path.parent / "150000" / "keys.cbor", path / "keys.cbor")


def be_another(path: Path) -> None:
    (path / "region.json").write_text('{"format": 1, "region": "150000", "test": true}')


def set_of(*lines: str) -> Callable[[Path], object]:
    return lambda path: (path / SETTINGS_FILE).write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda path: path.chmod(0o750), "others than its owner"),
        (lambda path: (path / SETTINGS_FILE).chmod(0o640), "others than its owner"),
        (lambda path: (path / "region.json").unlink(), "no region's data"),
        (be_another, "of region 150000"),
        (make_link, "is a link"),
        (set_of("COMITY_HOST=0.0.0.0"), "line 1"),
        (set_of("COMITY_DATA=/elsewhere"), "line 1"),
        (set_of("COMITY_WORKERS=1", "COMITY_WORKERS=2"), "line 2"),
        (set_of("PGPASSWORD=x"), "line 1"),
        (set_of("export COMITY_DEMO=1"), "line 1"),
        (lambda path: (path / SETTINGS_FILE).write_bytes(b"\xff"), "cannot be read"),
    ],
)
def test_what_is_wrong_with_one_region_is_told_and_the_others_are_served(
    tmp_path: Path, fault: Callable[[Path], object], told: str
) -> None:
    for code in REGIONS:
        region(tmp_path, code)
    fault(tmp_path / "440000")

    hosting = read_hosting(tmp_path, url=URL)

    assert [each.region for each in hosting.regions] == ["150000"]
    assert told in str(hosting.refused["440000"])


def test_one_key_file_under_two_names_serves_nobody(tmp_path: Path) -> None:
    for code in REGIONS:
        region(tmp_path, code)
    make_hard_link(tmp_path / "440000")

    with pytest.raises(UsageError, match="is a link"):
        read_hosting(tmp_path, url=URL)


def test_a_real_region_needs_an_address_of_its_own(tmp_path: Path) -> None:
    region(tmp_path, "150000", is_test=False)

    with pytest.raises(UsageError, match="no address of its own"):
        read_hosting(tmp_path, url=URL)


def test_a_folder_without_regions_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no region"):
        read_hosting(tmp_path / "missing", url=URL)
