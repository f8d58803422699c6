"""The database session, and the base classes that every table and every entity shares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from inspect import get_annotations
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, MetaData, String, event, inspect
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.orm.attributes import InstrumentedAttribute, QueryableAttribute
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.errors import DomainError
from models.fields import Moment, kind_of, moment
from models.kinds import Kind
from models.naming import name_key, plural, sentence, snake
from models.relations import Relation
from models.rules.file import Kept
from models.rules.password import Sealed
from models.rules.sums import Sum
from models.types import UtcDateTime, utcnow

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Record(DeclarativeBase):
    """A table of the program's own: sessions, history, search. Entities derive from `Base`."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            # Stored by value, as text: a new choice needs no migration, and old rows keep what they say.
            Enum: SqlEnum(
                Enum, native_enum=False, length=32, values_callable=lambda enum: [each.value for each in enum]
            ),
            datetime: UtcDateTime,
        },
    )
    metadata = registry.metadata


class Base(Record):
    """An entity: a thing people create, look up, change and delete in the panel.

    Keys are never reused, so that a deleted row can come back as itself; `version` counts its changes.
    """

    __abstract__ = True
    __label__: ClassVar[str]
    __plural__: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let every UPDATE and DELETE name the version it read; history.py counts it up."""
        return {"version_id_col": cls.version, "version_id_generator": False}

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        """Never reuse a key on SQLite; entities that add indexes pass them through `indexes()`."""
        return (*cls.indexes(), {"sqlite_autoincrement": True})

    @classmethod
    def indexes(cls) -> tuple[Any, ...]:
        """Return the indexes and constraints over several columns."""
        return ()

    def __init_subclass__(cls, **options: Any) -> None:
        own = cls.__dict__
        cls.__tablename__ = own.get("__tablename__") or snake(cls.__name__)
        cls.__label__ = own.get("__label__") or sentence(snake(cls.__name__))
        cls.__plural__ = own.get("__plural__") or plural(cls.__label__)
        _attach_relations(cls)
        super().__init_subclass__(**options)
        if not cls.__dict__.get("__abstract__"):
            _add_companions(cls)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{**_defaults(type(self)), **values})

    @classmethod
    def choices(cls, key: str) -> Sequence[tuple[str, str]]:
        """Return the values, with their labels, that a column of the kind *one of* may have."""
        raise NotImplementedError(f"{cls.__name__}.choices does not know {key}")

    @classmethod
    def offered(cls, to: type[Base]) -> ColumnElement[bool] | None:
        """Return which rows a relation of that entity may newly choose; None for all of them."""
        return None

    def took_over(self, key: str) -> bool:
        """Return whether a relation came along from another row, and was not chosen by anybody."""
        return False

    def derive(self) -> None:
        """Fill in what follows from other fields; called before the row is checked and written."""

    def unused(self) -> Collection[str]:
        """Return the attributes that this row has no use for, because of what it is: they are not shown or typed."""
        return ()

    def unless(self, key: str) -> tuple[str, str] | None:
        """Return another attribute, and its value with which this row has no use for one: forms show it with others."""
        return None

    def called(self, key: str) -> str | None:
        """Return what this row calls an attribute, because of what it is; None for the attribute's own label."""
        return None

    def shown(self, key: str) -> Any:
        """Return what people read as a value; it may follow from the day, and `holds` then finds it."""
        return getattr(self, key)

    @classmethod
    def holds(cls, key: str, value: Any) -> ColumnElement[bool] | None:
        """Return of which rows a choice is true that is not stored as such; None for those that are."""
        return None

    @classmethod
    def is_final(cls, changed: Mapping[str, Any]) -> bool:
        """Return whether a change that led to these values, as the history keeps them, cannot be taken back."""
        return False

    def settled(self, key: str) -> str | None:
        """Return why a value of this stored row can no longer be changed; None while it can."""
        return None

    def summary(self) -> Sequence[Sum]:
        """Return what this row comes to as it stands, stored or not; nothing for most rows."""
        return ()

    def is_person(self) -> bool:
        """Return whether this row stands for a person, so that its title and all that is `private` tell of one."""
        return False

    def obstacle(self) -> DomainError | None:
        """Return why this row cannot be deleted, whoever asks."""
        return None

    def problems(self) -> Iterator[DomainError]:
        """Yield what is wrong with this row as a whole; single values are checked by their kinds."""
        return iter(())


class Timestamped:
    """Adds when a row was created and last changed."""

    created_at: Mapped[Moment] = moment(label="Created", index=True)
    updated_at: Mapped[Moment] = moment(label="Updated", onupdate=utcnow, index=True)


db = SQLAlchemy(model_class=Record, session_options={"autoflush": False})


@cache
def _defaults(cls: type[Base]) -> Mapping[str, Any]:
    """Return what columns begin with unless told otherwise, as far as that is known before."""
    columns = inspect(cls).columns
    return {each.key: each.default.arg for each in columns if isinstance(each.default, ScalarElementColumnDefault)}


def _attach_relations(cls: type) -> None:
    """Turn the `parent()` and `reference()` lines of a class and its mixins into columns and relationships."""
    cls.__annotations__ = get_annotations(cls)
    for source in cls.__mro__:
        if source is not cls and issubclass(source, DeclarativeBase):
            continue
        for name, relation in list(vars(source).items()):
            if isinstance(relation, Relation):
                relation.attach(cls, name, source.__annotations__[name])


def _add_companions(cls: type[Base]) -> None:
    """Add the second column of every kind that keeps one, such as the E.164 copy of a phone number."""
    for column in list(cls.__table__.columns):
        kind = kind_of(column)
        if kind and kind.named:
            beside = mapped_column(String(255), nullable=True, info={"companion_of": column.key})
            setattr(cls, name_key(column.key), beside)
        if kind and kind.companion:
            name = kind.companion.key(column.key)
            type_ = String(kind.companion.length) if kind.companion.length else column.type
            setattr(cls, name, mapped_column(name, type_=type_, nullable=True, info={"companion_of": column.key}))


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _watch(cls: type[Base], key: str, attribute: QueryableAttribute[Any]) -> None:
    """Let the kind of a column normalise whatever is assigned to it, and the history know what was there before."""
    if not isinstance(attribute, InstrumentedAttribute) or not hasattr(attribute.property, "columns"):
        return
    kind = kind_of(attribute.property.columns[0])

    @event.listens_for(attribute, "set", retval=True, active_history=True)
    def clean(row: Base, value: Any, previous: Any, initiator: Any) -> Any:
        return _cleaned(row, key, kind, value) if kind else value


def _cleaned(row: Base, key: str, kind: Kind, value: Any) -> Any:
    """Return the normalised value, None for one that says nothing; note the moment of a new secret, a file's name."""
    if value is None or value == "":
        if kind.named:
            setattr(row, name_key(key), None)
        return None
    if kind.secret and isinstance(value, Sealed):
        return value
    if isinstance(value, Kept):
        setattr(row, name_key(key), value.name)
    try:
        value = kind.clean(value)
    except DomainError as error:
        raise error.about(key) from error
    if kind.secret and hasattr(row, f"{key}_changed_at"):
        setattr(row, f"{key}_changed_at", utcnow())
    return None if value == "" else value
