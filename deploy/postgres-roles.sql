-- Makes the roles `baton` and `temporal` with their databases; run again, it sets what differs. Whoever holds one role
-- cannot open the databases of the other. Passwords come from the environment, so that no command line shows them.
\getenv baton_password BATON_PASSWORD
\getenv temporal_password TEMPORAL_PASSWORD

select format('create role %I', name)
  from unnest(array['baton', 'temporal']) as name
 where not exists (select from pg_roles where rolname = name) \gexec
alter role baton login nosuperuser nocreatedb nocreaterole noreplication password :'baton_password';
alter role temporal login nosuperuser nocreatedb nocreaterole noreplication password :'temporal_password';

select format('create database %I owner %I', name, owner)
  from (values ('baton', 'baton'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) as wanted (name, owner)
 where not exists (select from pg_database where datname = name) \gexec
revoke all on database baton, temporal, temporal_visibility, postgres, template1 from public;
