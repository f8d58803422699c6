"""Channels, accounts, business units and roles.

What is there is kept: customers come by a channel called Sales, each with an account of its own name and owner; users
keep their roles, which are rows from now on, and belong to a business unit called Company.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.types
from models.migrations.tables import altered

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

ACTIONS = ('view', 'create', 'edit', 'delete', 'assign', 'export', 'import_')
READ = {'view': 'organisation'}
ALL = dict.fromkeys(ACTIONS, 'organisation')
SET_UP = ('user', 'role', 'business_unit', 'channel', 'customer_group')
ROLES = {
    'administrator': {},
    'editor': {'*': ALL} | dict.fromkeys(SET_UP, READ),
    'viewer': {'*': READ},
}
RATING = {'editor': 'edit', 'viewer': 'view'}


MOMENT = models.types.UtcDateTime()


def _table(name, *columns):
    return sa.table(name, *(sa.column(each, MOMENT if each.endswith('_at') else None) for each in columns))


CUSTOMER = _table('customer', 'id', 'name', 'owner_id', 'created_at', 'updated_at', 'channel_id', 'account_id')
ACCOUNT = _table('account', 'id', 'name', 'owner_id', 'created_at', 'updated_at', 'version')
CHANNEL = _table('channel', 'id', 'name', 'type', 'active', 'created_at', 'updated_at', 'version')
ENTITY = _table('channel_entity', 'channel_id', 'entity', 'version')
USER = _table('user', 'id', 'role')
ROLE = _table('role', 'id', 'name', 'administrator', 'created_at', 'updated_at', 'version')
GRANT = _table('role_grant', 'role_id', 'entity', *ACTIONS, 'version')
FIELD = _table('role_field', 'role_id', 'field', 'access', 'version')
UNIT = _table('business_unit', 'id', 'name', 'created_at', 'updated_at', 'version')
USER_ROLE = _table('user_role', 'user_id', 'role_id', 'version')
USER_UNIT = _table('user_unit', 'user_id', 'unit_id', 'version')


def _insert(connection, table, **values):
    """Insert a row and return its key."""
    now = models.types.utcnow()
    stamps = {'created_at': now, 'updated_at': now} if 'created_at' in table.c else {}
    connection.execute(sa.insert(table).values(version=1, **stamps, **values))
    return connection.scalar(sa.select(sa.func.max(table.c.id))) if 'id' in table.c else None


def _give_channel_and_account(connection):
    """Let every customer come by one channel, and give each an account with its own key."""
    channel = _insert(connection, CHANNEL, name='Sales', type='sales', active=True)
    _insert(connection, ENTITY, channel_id=channel, entity='customer')
    of_customers = ('id', 'name', 'owner_id', 'created_at', 'updated_at')
    copied = sa.select(*(CUSTOMER.c[name] for name in of_customers), sa.literal(1))
    connection.execute(sa.insert(ACCOUNT).from_select([*of_customers, 'version'], copied))
    if connection.dialect.name == 'postgresql':
        connection.execute(sa.text("SELECT setval('account_id_seq', (SELECT max(id) FROM account))"))
    connection.execute(sa.update(CUSTOMER).values(channel_id=channel, account_id=CUSTOMER.c.id))


def _give_roles(connection):
    """Make rows of the three roles, and let everybody have theirs, in one business unit."""
    unit = _insert(connection, UNIT, name='Company')
    for name, grants in ROLES.items():
        role = _insert(connection, ROLE, name=name.capitalize(), administrator=name == 'administrator')
        for entity, levels in grants.items():
            _insert(connection, GRANT, role_id=role, entity=entity, **dict.fromkeys(ACTIONS, 'none') | levels)
        if name in RATING:
            _insert(connection, FIELD, role_id=role, field='customer.rating', access=RATING[name])
        having = sa.select(USER.c.id, sa.literal(role), sa.literal(1)).where(USER.c.role == name)
        connection.execute(sa.insert(USER_ROLE).from_select(['user_id', 'role_id', 'version'], having))
    members = sa.select(USER.c.id, sa.literal(unit), sa.literal(1))
    connection.execute(sa.insert(USER_UNIT).from_select(['user_id', 'unit_id', 'version'], members))


def _take_role_back(connection, name):
    """Write a role that is a row into its users' column."""
    roles = sa.select(ROLE.c.id).where(sa.func.lower(ROLE.c.name) == name)
    having = sa.select(USER_ROLE.c.user_id).where(USER_ROLE.c.role_id.in_(roles))
    connection.execute(sa.update(USER).where(USER.c.id.in_(having)).values(role=name))


def upgrade() -> None:
    op.create_table('business_unit',
    sa.Column('name', sa.String(length=255).with_variant(sa.String(length=255, collation='NOCASE'), 'sqlite'), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('above_id', sa.Integer(), nullable=True),
    sa.Column('created_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['above_id'], ['business_unit.id'], name=op.f('fk_business_unit_above_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_unit')),
    sa.UniqueConstraint('name', name=op.f('uq_business_unit_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('business_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_business_unit_above_id'), ['above_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_business_unit_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_business_unit_updated_at'), ['updated_at'], unique=False)

    op.create_table('channel',
    sa.Column('name', sa.String(length=255).with_variant(sa.String(length=255, collation='NOCASE'), 'sqlite'), nullable=False),
    sa.Column('type', sa.Enum('sales', 'custom', name='channeltype', native_enum=False, length=32), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel')),
    sa.UniqueConstraint('name', name=op.f('uq_channel_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_channel_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_channel_updated_at'), ['updated_at'], unique=False)

    op.create_table('role',
    sa.Column('name', sa.String(length=255).with_variant(sa.String(length=255, collation='NOCASE'), 'sqlite'), nullable=False),
    sa.Column('description', sa.String(length=100), nullable=True),
    sa.Column('administrator', sa.Boolean(), nullable=False),
    sa.Column('created_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('role', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_role_updated_at'), ['updated_at'], unique=False)
        batch_op.create_index('uq_role_administrator', ['administrator'], unique=True, sqlite_where=sa.text('administrator'), postgresql_where=sa.text('administrator'))

    op.create_table('account',
    sa.Column('name', sa.String(length=255).with_variant(sa.String(length=255, collation='NOCASE'), 'sqlite'), nullable=False),
    sa.Column('website', sa.String(length=255), nullable=True),
    sa.Column('tags', sa.String(length=500), nullable=True),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('created_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', models.types.UtcDateTime(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_account_owner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_name_id'), ['name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_owner_id_created_at_id'), ['owner_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_owner_id_name_id'), ['owner_id', 'name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_owner_id_updated_at_id'), ['owner_id', 'updated_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_updated_at'), ['updated_at'], unique=False)

    op.create_table('channel_entity',
    sa.Column('entity', sa.String(length=100), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_channel_entity_channel_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_entity')),
    sa.UniqueConstraint('channel_id', 'entity', name=op.f('uq_channel_entity_channel_id_entity')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('channel_entity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_channel_entity_channel_id'), ['channel_id'], unique=False)

    op.create_table('role_field',
    sa.Column('field', sa.String(length=100), nullable=False),
    sa.Column('access', sa.Enum('view', 'edit', name='access', native_enum=False, length=32), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_role_field_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_field')),
    sa.UniqueConstraint('role_id', 'field', name=op.f('uq_role_field_role_id_field')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('role_field', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_field_role_id'), ['role_id'], unique=False)

    op.create_table('role_grant',
    sa.Column('entity', sa.String(length=100), nullable=False),
    sa.Column('view', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('create', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('edit', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('delete', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('assign', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('export', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('import_', sa.Enum('none', 'own', 'unit', 'division', 'organisation', name='level', native_enum=False, length=32), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_role_grant_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('role_id', 'entity', name=op.f('uq_role_grant_role_id_entity')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_role_id'), ['role_id'], unique=False)

    op.create_table('user_role',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_user_role_role_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_role')),
    sa.UniqueConstraint('user_id', 'role_id', name=op.f('uq_user_role_user_id_role_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('user_role', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_role_role_id'), ['role_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_user_role_user_id'), ['user_id'], unique=False)

    op.create_table('user_unit',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['business_unit.id'], name=op.f('fk_user_unit_unit_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_user_unit_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_unit')),
    sa.UniqueConstraint('user_id', 'unit_id', name=op.f('uq_user_unit_user_id_unit_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('user_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_unit_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_user_unit_user_id'), ['user_id'], unique=False)

    with altered('customer') as batch_op:
        batch_op.add_column(sa.Column('channel_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('account_id', sa.Integer(), nullable=True))

    connection = op.get_bind()
    customers, users = (connection.scalar(sa.select(sa.func.count()).select_from(each)) for each in (CUSTOMER, USER))
    if customers:
        _give_channel_and_account(connection)
    if users:
        _give_roles(connection)

    with altered('customer') as batch_op:
        batch_op.alter_column('channel_id', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('account_id', existing_type=sa.Integer(), nullable=False)
        batch_op.drop_index(batch_op.f('ix_customer_owner_id'))
        batch_op.create_index(batch_op.f('ix_customer_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_channel_id_name_id'), ['channel_id', 'name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_owner_id_created_at_id'), ['owner_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_owner_id_updated_at_id'), ['owner_id', 'updated_at', 'id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_customer_channel_id'), 'channel', ['channel_id'], ['id'], ondelete='RESTRICT')
        batch_op.create_foreign_key(batch_op.f('fk_customer_account_id'), 'account', ['account_id'], ['id'], ondelete='RESTRICT')

    with altered('user') as batch_op:
        batch_op.drop_column('role')

    op.create_index(op.f('ix_contact_name_id'), 'contact', ['name', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_contact_name_id'), table_name='contact')
    with altered('user') as batch_op:
        batch_op.add_column(sa.Column('role', sa.VARCHAR(length=32), nullable=False, server_default='viewer'))
    for name in ('editor', 'administrator'):
        _take_role_back(op.get_bind(), name)
    with altered('user') as batch_op:
        batch_op.alter_column('role', existing_type=sa.VARCHAR(length=32), server_default=None)

    with altered('customer') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_customer_account_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_customer_channel_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_customer_channel_id_name_id'))
        batch_op.drop_index(batch_op.f('ix_customer_owner_id_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_customer_owner_id_updated_at_id'))
        batch_op.drop_index(batch_op.f('ix_customer_account_id'))
        batch_op.create_index(batch_op.f('ix_customer_owner_id'), ['owner_id'], unique=False)
        batch_op.drop_column('account_id')
        batch_op.drop_column('channel_id')

    with op.batch_alter_table('user_unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_unit_user_id'))
        batch_op.drop_index(batch_op.f('ix_user_unit_unit_id'))

    op.drop_table('user_unit')
    with op.batch_alter_table('user_role', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_role_user_id'))
        batch_op.drop_index(batch_op.f('ix_user_role_role_id'))

    op.drop_table('user_role')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_grant_role_id'))

    op.drop_table('role_grant')
    with op.batch_alter_table('role_field', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_field_role_id'))

    op.drop_table('role_field')
    with op.batch_alter_table('channel_entity', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_channel_entity_channel_id'))

    op.drop_table('channel_entity')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_updated_at'))
        batch_op.drop_index(batch_op.f('ix_account_owner_id_updated_at_id'))
        batch_op.drop_index(batch_op.f('ix_account_owner_id_name_id'))
        batch_op.drop_index(batch_op.f('ix_account_owner_id_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_account_name_id'))
        batch_op.drop_index(batch_op.f('ix_account_created_at'))

    op.drop_table('account')
    with op.batch_alter_table('role', schema=None) as batch_op:
        batch_op.drop_index('uq_role_administrator', sqlite_where=sa.text('administrator'), postgresql_where=sa.text('administrator'))
        batch_op.drop_index(batch_op.f('ix_role_updated_at'))
        batch_op.drop_index(batch_op.f('ix_role_created_at'))

    op.drop_table('role')
    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_channel_updated_at'))
        batch_op.drop_index(batch_op.f('ix_channel_created_at'))

    op.drop_table('channel')
    with op.batch_alter_table('business_unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_business_unit_updated_at'))
        batch_op.drop_index(batch_op.f('ix_business_unit_created_at'))
        batch_op.drop_index(batch_op.f('ix_business_unit_above_id'))

    op.drop_table('business_unit')
