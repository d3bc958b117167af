using Azure.Messaging.EventHubs.Producer;
using Cairn.Cloud;
using Cairn.Cloud.EventHubs;
using Cairn.Ingestion;
using Cairn.LocalHost.Hosting;
using Cairn.Shims.StreamLog;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Streaming;

/// <summary>The app's own stream: the hub's client over the log on disk.</summary>
public sealed class Keeping_a_stream_in_a_log : EventStreamContract, IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    readonly FaultyFiles files = new();
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    LocalApp app = null!;

    protected override IEventStream Stream => app.Services.GetRequiredService<IEventStream>();

    protected override IBlobStore Blobs { get; } = new InMemoryBlobStore();

    HubLog Hub => (HubLog)HubNamespace.Find(folder["stream"], "events");

    public async Task InitializeAsync() => app = await StartAsync();

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        folder.Dispose();
    }

    protected override IReadOnlyList<byte[]> Read(int partition)
    {
        using var reader = Hub.Partitions[partition].Read(0);
        return [.. reader.Take(int.MaxValue, long.MaxValue).Select(record => record.Body.ToArray())];
    }

    protected override async Task ReopenAsync()
    {
        await app.DisposeAsync();
        app = await StartAsync();
    }

    protected override void Refuse(bool doesRefuse) => files.BeforeWrite = doesRefuse ? (_, _) => throw FaultyFiles.DiskFull() : null;

    protected override async Task SendUnansweredAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        using var entered = new SemaphoreSlim(0);
        using var let = new SemaphoreSlim(0);
        await Stream.DescribeAsync(default);
        files.BeforeFlush = _ => { entered.Release(); let.Wait(); };
        var sent = Stream.SendAsync(partition, messages, default);
        await entered.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        try
        {
            await sent;
        }
        finally
        {
            files.BeforeFlush = null;
            let.Release();
            await Hub.Partitions[partition].WaitForAsync(0, default);
        }
    }

    Task<LocalApp> StartAsync() => LocalApp.StartAsync(
        builder =>
        {
            builder.ConfigureLocalHost(local => (local.FunctionClasses, local.StreamFiles) = ([], files));
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddCloud(builder.Configuration);
        },
        folder.FullPath);
}

/// <summary>The stream of unit tests does what the real one does.</summary>
public sealed class Keeping_a_stream_in_memory : EventStreamContract
{
    readonly InMemoryEventStream stream = new();

    protected override IEventStream Stream => stream;

    protected override IBlobStore Blobs { get; } = new InMemoryBlobStore();

    protected override IReadOnlyList<byte[]> Read(int partition) => [.. stream[partition].Select(message => message.Body.ToArray())];

    // Nothing of it is open.
    protected override Task ReopenAsync() => Task.CompletedTask;

    protected override void Refuse(bool doesRefuse) => stream.Refuses = _ => doesRefuse;

    protected override async Task SendUnansweredAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        stream.LandsAndFails = _ => true;
        try
        {
            await stream.SendAsync(partition, messages, default);
        }
        finally
        {
            stream.LandsAndFails = _ => false;
        }
    }
}

/// <summary>The same client over a hub that another process serves, as several hosts share one.</summary>
public sealed class Keeping_a_stream_that_is_served : EventStreamContract, IAsyncLifetime
{
    SharedHub hub = null!;
    EventHubStream stream = null!;

    protected override IEventStream Stream => stream;

    protected override IBlobStore Blobs { get; } = new InMemoryBlobStore();

    public async Task InitializeAsync()
    {
        hub = await SharedHub.StartAsync("events", partitions: 2, claimsLast: TimeSpan.FromSeconds(1));
        await ReopenAsync();
    }

    public async Task DisposeAsync()
    {
        await stream.DisposeAsync();
        await hub.DisposeAsync();
    }

    protected override IReadOnlyList<byte[]> Read(int partition)
    {
        using var reader = hub.Log.Partitions[partition].Read(0);
        return [.. reader.Take(int.MaxValue, long.MaxValue).Select(record => record.Body.ToArray())];
    }

    protected override Task ReopenAsync()
    {
        stream = new(new EventHubProducerClient(hub.Url.AbsoluteUri, "events", new NoCredential(), EventHubStream.Options), TimeProvider.System);
        return Task.CompletedTask;
    }

    protected override void Refuse(bool doesRefuse) => hub.Refuses = doesRefuse;

    protected override async Task SendUnansweredAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var let = new TaskCompletionSource();
        hub.BeforeAnswer = () => let.Task;
        try
        {
            await Stream.SendAsync(partition, messages, default);
        }
        finally
        {
            hub.BeforeAnswer = null;
            let.SetResult();
        }
    }
}
