-- The table that Countersign keeps requests and approvals in, for PostgreSQL 13 or newer. Run it once, as the owner of
-- the database; then give each member of the team a login of their own:
--   create role ana login in role countersign_client;
-- Clients may add and read, and nothing else. Who said what is never taken from here: every reader checks every
-- signature. The table decides one thing only, which of several uses of one approval came first.

begin;

create schema countersign;

create table countersign.event (
  repository  text        not null check (repository ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$'),
  name        text        not null check (name ~ '^[a-z]{2,8}/[0-9a-f]{64}(/[0-9a-f]{16})?$'),
  text        text        not null check (octet_length(text) <= 1048576),
  recorded_at timestamptz not null default now(),
  recorded_by name        not null default session_user,
  transaction xid8        not null default pg_current_xact_id(),
  primary key (repository, name)
);
create index on countersign.event (repository, transaction);
create index on countersign.event (repository, recorded_at);

-- Also for the owner, by mistake.
create function countersign.refuse() returns trigger language plpgsql as $$
begin
  raise exception 'Countersign''s events are only ever added.';
end
$$;
create trigger append_only before update or delete on countersign.event for each row execute function countersign.refuse();
create trigger append_only_whole before truncate on countersign.event for each statement execute function countersign.refuse();

create function countersign.tell() returns trigger language plpgsql as $$
begin
  perform pg_notify('countersign', new.repository);
  return null;
end
$$;
create trigger tell after insert on countersign.event for each row execute function countersign.tell();

create role countersign_client nologin;
revoke all on schema countersign from public;
revoke all on countersign.event from public;
grant usage on schema countersign to countersign_client;
grant select on countersign.event to countersign_client;
-- When and by whom is for the server to say.
grant insert (repository, name, text) on countersign.event to countersign_client;

commit;
