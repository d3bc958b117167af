namespace Cairn.LocalHost.EventHubs;

/// <summary>host.json's <c>extensions.eventHubs</c>, with the real trigger's defaults.</summary>
/// <remarks>Source: Microsoft Learn, "Azure Event Hubs trigger and bindings for Azure Functions", "host.json settings".</remarks>
sealed record EventHubSettings
{
    /// <summary>Most events of one run.</summary>
    public int MaxEventBatchSize { get; init; } = 100;

    /// <summary>Events that a run waits for, up to <see cref="MaxWaitTime"/>.</summary>
    public int MinEventBatchSize { get; init; } = 1;

    /// <summary>How long a run waits for more events; at most ten minutes.</summary>
    public TimeSpan MaxWaitTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes read ahead for one partition (prefetchSizeInBytes): no batch is larger than that by more than one event.</summary>
    public long MaxBatchBytes { get; init; } = 16 << 20;
}
