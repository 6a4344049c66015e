-- What the AdoNet providers of Orleans find here is one table of statements, OrleansQuery; all else is ours. Each statement is one round trip and
-- one transaction by itself. Names after an @ are the providers' parameters; columns that are read are named as they ask for them.

CREATE TABLE OrleansQuery (
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- The version of a cluster's membership: every change to it takes the next number, so that of two who change it at once only one succeeds.
CREATE TABLE tts_cluster (
    cluster_id text PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE tts_silo (
    cluster_id text NOT NULL REFERENCES tts_cluster,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    proxy_port integer NOT NULL,
    suspect_times text,
    start_time timestamptz NOT NULL,
    alive_time timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

-- changed_at is for whoever looks after the database; no statement reads it.
CREATE TABLE tts_grain_state (
    service_id text NOT NULL,
    state_name text NOT NULL,
    key_0 bigint NOT NULL,
    key_1 bigint NOT NULL,
    key_text text NOT NULL,
    payload bytea,
    version integer NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service_id, state_name, key_0, key_1, key_text)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES

-- Membership. Status 3 is an active silo.

('InsertMembershipVersionKey', $sql$
    WITH made AS (
        INSERT INTO tts_cluster (cluster_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING cluster_id
    )
    SELECT EXISTS (SELECT FROM made)
$sql$),

('InsertMembershipKey', $sql$
    WITH advanced AS (
        UPDATE tts_cluster SET version = version + 1
        WHERE cluster_id = @DeploymentId AND version = @Version
            AND NOT EXISTS (
                SELECT FROM tts_silo
                WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster_id
    ), made AS (
        INSERT INTO tts_silo (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
        SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM advanced
        RETURNING port
    )
    SELECT EXISTS (SELECT FROM made)
$sql$),

('UpdateMembershipKey', $sql$
    WITH advanced AS (
        UPDATE tts_cluster SET version = version + 1
        WHERE cluster_id = @DeploymentId AND version = @Version
            AND EXISTS (
                SELECT FROM tts_silo
                WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING cluster_id
    ), changed AS (
        UPDATE tts_silo SET status = @Status, suspect_times = @SuspectTimes::text, alive_time = @IAmAliveTime
        FROM advanced
        WHERE tts_silo.cluster_id = advanced.cluster_id AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING port
    )
    SELECT EXISTS (SELECT FROM changed)
$sql$),

('UpdateIAmAlivetimeKey', $sql$
    UPDATE tts_silo SET alive_time = @IAmAliveTime
    WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$sql$),

('MembershipReadAllKey', $sql$
    SELECT address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName, host_name AS HostName, status AS Status,
        proxy_port AS ProxyPort, suspect_times AS SuspectTimes, start_time AS StartTime, alive_time AS IAmAliveTime, version AS Version
    FROM tts_cluster LEFT JOIN tts_silo USING (cluster_id)
    WHERE cluster_id = @DeploymentId
$sql$),

('MembershipReadRowKey', $sql$
    SELECT address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName, host_name AS HostName, status AS Status,
        proxy_port AS ProxyPort, suspect_times AS SuspectTimes, start_time AS StartTime, alive_time AS IAmAliveTime, version AS Version
    FROM tts_cluster LEFT JOIN (
        SELECT * FROM tts_silo WHERE address = @Address AND port = @Port AND generation = @Generation) AS silo USING (cluster_id)
    WHERE cluster_id = @DeploymentId
$sql$),

('GatewaysQueryKey', $sql$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
    FROM tts_silo
    WHERE cluster_id = @DeploymentId AND status = @Status AND proxy_port > 0
$sql$),

('CleanupDefunctSiloEntriesKey', $sql$
    DELETE FROM tts_silo WHERE cluster_id = @DeploymentId AND status <> 3 AND alive_time < @IAmAliveTime
$sql$),

('DeleteMembershipTableEntriesKey', $sql$
    WITH gone AS (DELETE FROM tts_silo WHERE cluster_id = @DeploymentId)
    DELETE FROM tts_cluster WHERE cluster_id = @DeploymentId
$sql$),

-- Grain state. A write or a clear that names another version than the stored one changes nothing and returns no row.

('ReadFromStorageKey', $sql$
    SELECT payload AS PayloadBinary, version AS Version
    FROM tts_grain_state
    WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key_0 = @GrainIdN0 AND key_1 = @GrainIdN1
        AND key_text = coalesce(@GrainIdExtensionString::text, '')
$sql$),

('WriteToStorageKey', $sql$
    WITH made AS (
        INSERT INTO tts_grain_state (service_id, state_name, key_0, key_1, key_text, payload, version)
        SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString::text, ''), @PayloadBinary, 1
        WHERE @GrainStateVersion::integer IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version
    ), changed AS (
        UPDATE tts_grain_state SET payload = @PayloadBinary, version = version + 1, changed_at = now()
        WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key_0 = @GrainIdN0 AND key_1 = @GrainIdN1
            AND key_text = coalesce(@GrainIdExtensionString::text, '') AND version = @GrainStateVersion::integer
        RETURNING version
    )
    SELECT version AS NewGrainStateVersion FROM made UNION ALL SELECT version FROM changed
$sql$),

('ClearStorageKey', $sql$
    UPDATE tts_grain_state SET payload = NULL, version = version + 1, changed_at = now()
    WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key_0 = @GrainIdN0 AND key_1 = @GrainIdN1
        AND key_text = coalesce(@GrainIdExtensionString::text, '') AND version = @GrainStateVersion::integer
    RETURNING version AS NewGrainStateVersion
$sql$),

('DeleteStorageKey', $sql$
    DELETE FROM tts_grain_state
    WHERE service_id = @ServiceId AND state_name = @GrainTypeString AND key_0 = @GrainIdN0 AND key_1 = @GrainIdN1
        AND key_text = coalesce(@GrainIdExtensionString::text, '') AND version = @GrainStateVersion::integer
    RETURNING version + 1 AS NewGrainStateVersion
$sql$);
