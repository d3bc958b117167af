using System.Text;
using Azure.Messaging.EventHubs;
using Cairn.Cloud;
using Cairn.Ingestion;
using Cairn.LocalHost.Hosting;
using Cairn.Shims.StreamLog;
using Cairn.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Cloud;

/// <summary>The app's stream over the hub's client: acknowledged means durable, a fault is one kind of exception, a hub made anew is another stream.</summary>
public sealed class Sending_to_the_stream : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cairn-");
    readonly FaultyFiles files = new();
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Keeps_messages_in_order_in_the_partition_asked_for()
    {
        await using var app = await StartAsync();
        var stream = app.Services.GetRequiredService<IEventStream>();
        await stream.SendAsync(1, [Text("a"), Text("b")], default);
        await stream.SendAsync(1, [], default);
        await stream.SendAsync(1, [Text("c")], default);
        Assert.Equal(["a", "b", "c"], Read(app, 1).Select(record => Encoding.UTF8.GetString(record.Body.Span)));
        Assert.Empty(Read(app, 0));
    }

    [Fact]
    public async Task Sends_more_than_one_send_may_hold()
    {
        await using var app = await StartAsync();
        var messages = Enumerable.Range(0, 50).Select(i => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)i, StreamLimits.MaxMessageBytes).ToArray()).ToList();
        messages.Insert(20, new byte[StreamLimits.MaxLoneMessageBytes]);
        await app.Services.GetRequiredService<IEventStream>().SendAsync(0, messages, default);
        Assert.Equal(messages.Select(message => message.Length), Read(app, 0).Select(record => record.Body.Length));
    }

    [Fact]
    public async Task Knows_its_hub_again_and_a_hub_made_anew_for_another()
    {
        async Task<StreamShape> DescribeAsync()
        {
            await using var app = await StartAsync();
            return await app.Services.GetRequiredService<IEventStream>().DescribeAsync(default);
        }

        var first = await DescribeAsync();
        Assert.Equal(new HubSettings().PartitionCount, first.PartitionCount);
        Assert.Matches("^[a-z0-9-]{1,80}$", first.StreamId);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(first, await DescribeAsync());
        Directory.Delete(Path.Combine(folder.FullName, "stream"), recursive: true);
        Assert.NotEqual(first.StreamId, (await DescribeAsync()).StreamId);
    }

    [Fact]
    public async Task Says_unavailable_when_the_disk_refuses()
    {
        await using var app = await StartAsync();
        var stream = app.Services.GetRequiredService<IEventStream>();
        await stream.DescribeAsync(default);
        files.BeforeWrite = (_, _) => throw FaultyFiles.DiskFull();
        var refused = await Assert.ThrowsAsync<StreamUnavailableException>(() => stream.SendAsync(0, [Text("lost")], default));
        Assert.IsType<EventHubsException>(refused.InnerException);
        files.BeforeWrite = null;
        await stream.SendAsync(0, [Text("kept")], default);
        Assert.Single(Read(app, 0));
    }

    [Fact]
    public async Task Says_unavailable_when_no_answer_comes_though_the_message_lands()
    {
        await using var app = await StartAsync();
        var stream = app.Services.GetRequiredService<IEventStream>();
        await stream.DescribeAsync(default);
        using var entered = new SemaphoreSlim(0);
        using var let = new SemaphoreSlim(0);
        files.BeforeFlush = _ => { entered.Release(); let.Wait(); };
        var sent = stream.SendAsync(0, [Text("late")], default);
        await entered.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<StreamUnavailableException>(() => sent);
        files.BeforeFlush = null;
        let.Release();
        await HubNamespace.Find(Path.Combine(folder.FullName, "stream"), "events").Partitions[0].WaitForAsync(0, default);
        Assert.Single(Read(app, 0));
    }

    [Fact]
    public async Task Tells_a_caller_who_gave_up_from_a_stream_that_did()
    {
        await using var app = await StartAsync();
        var stream = app.Services.GetRequiredService<IEventStream>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.SendAsync(0, [Text("never")], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Names_the_setting_that_is_missing()
    {
        var empty = new ConfigurationBuilder().Build();
        var refused = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddCloud(empty));
        Assert.Contains("EventHubs__fullyQualifiedNamespace", refused.Message, StringComparison.Ordinal);
    }

    Task<LocalApp> StartAsync() => LocalApp.StartAsync(
        builder =>
        {
            builder.ConfigureLocalHost(local =>
            {
                local.FunctionClasses = [];
                local.StreamFiles = files;
            });
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddCloud(builder.Configuration);
        },
        folder.FullName);

    IReadOnlyList<StreamRecord> Read(LocalApp _, int partition)
    {
        using var reader = HubNamespace.Find(Path.Combine(folder.FullName, "stream"), "events").Partitions[partition].Read(0);
        return reader.Take(int.MaxValue, long.MaxValue);
    }

    static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
