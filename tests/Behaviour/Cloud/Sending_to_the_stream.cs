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

/// <summary>What the app's stream does beyond the contract that every stream shares (Ingestion/Streaming/EventStreamContract).</summary>
public sealed class Sending_to_the_stream : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cairn-");
    readonly FaultyFiles files = new();
    readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Delete(recursive: true);

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
        using var reader = ((HubLog)HubNamespace.Find(Path.Combine(folder.FullName, "stream"), "events")).Partitions[partition].Read(0);
        return reader.Take(int.MaxValue, long.MaxValue);
    }

    static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
