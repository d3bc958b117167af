namespace Cairn.Projects.Health;

/// <summary>How a deployment is.</summary>
public enum HealthStatus
{
    /// <summary>All is well.</summary>
    Ready,

    /// <summary>Requests are answered and nothing is lost, but somebody should look.</summary>
    Degraded,

    /// <summary>Requests can't be answered.</summary>
    Unavailable,
}

/// <summary>What was looked at.</summary>
public enum HealthCheck
{
    /// <summary>Blobs are read.</summary>
    Blobs,

    /// <summary>Tables are read.</summary>
    Tables,

    /// <summary>The stream can be reached.</summary>
    Stream,

    /// <summary>What the stream took is stored soon.</summary>
    Consumer,

    /// <summary>Recent rows go into the lake.</summary>
    Compaction,

    /// <summary>The other jobs run.</summary>
    Jobs,

    /// <summary>The engine that is set to answer reports takes questions.</summary>
    Reports,
}

/// <summary>An answer to "is it well?".</summary>
/// <param name="Reasons">What is not well, one sentence each, in the order of the checks; no name, place or value of anybody's is in them.</param>
public sealed record HealthAnswer(IReadOnlyList<HealthReason> Reasons)
{
    /// <summary>Without blobs or tables no request is answered; everything else can wait.</summary>
    public HealthStatus Status =>
        Reasons.Any(reason => reason.Check is HealthCheck.Blobs or HealthCheck.Tables) ? HealthStatus.Unavailable
        : Reasons.Count > 0 ? HealthStatus.Degraded
        : HealthStatus.Ready;

    /// <summary>How a check stands; null where it could not be looked at, for what tells of it is away.</summary>
    public bool? IsWell(HealthCheck check) =>
        Has(check) ? false
        : check is HealthCheck.Consumer && (Has(HealthCheck.Tables) || Has(HealthCheck.Stream)) ? null
        : check is HealthCheck.Compaction or HealthCheck.Jobs && Has(HealthCheck.Tables) ? null
        : true;

    bool Has(HealthCheck check) => Reasons.Any(reason => reason.Check == check);
}

/// <summary>Why a check is not well.</summary>
public sealed record HealthReason(HealthCheck Check, string Sentence);
