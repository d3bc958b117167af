using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Streaming;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>A project whose rows went through stream, consumer and recent files, and the reports over them.</summary>
public sealed class StoredProject
{
    readonly InMemoryEventStream stream = new(1);
    readonly InMemoryBlobStore blobs = new();
    readonly StreamPublisher publisher;

    public StoredProject()
    {
        publisher = new(stream, new Spool(blobs, TimeProvider.System), TimeProvider.System);
        var cache = new ColumnCache(1 << 24);
        var recent = new RecentReader(blobs, cache);
        Events = new StoredEvents(recent);
        People = new DirectoryPeople(new PersonDirectory(recent), new ProfileDirectory(recent));
        Reader = new(Events, People, cache);
        Segmentation = new(Reader, TimeProvider.System);
    }

    public ReportProject Project { get; } = new(Batches.Shop.ProjectId, IdentityMode.Simplified, DateTimeZone.Utc);

    public IEventSource Events { get; }

    public IPeopleSource People { get; }

    public ReportReader Reader { get; }

    public SegmentationReport Segmentation { get; }

    /// <summary>Messages in the stream so far.</summary>
    public int MessageCount => stream[0].Count;

    /// <summary>Sends a batch of one request to the stream.</summary>
    public async Task PublishAsync(ItemBatch batch)
    {
        using (batch)
        {
            batch.IndexOf(batch.RequestProject!);
            await publisher.PublishAsync(batch, CancellationToken.None);
        }
    }

    /// <summary>Lets a consumer, new or the same, take some messages: from the first up to, not including, the last.</summary>
    public Task ConsumeAsync(Range messages)
    {
        var consumer = new StreamConsumer(blobs, new DeadLetters(blobs), [], TimeProvider.System);
        return consumer.ConsumeAsync("hub-1", 0, [.. stream[0].Take(messages)], CancellationToken.None);
    }

    /// <summary>Series of a question over the day of the batches' clock: name and whole.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(Func<SegmentationDefinition, SegmentationDefinition> change)
    {
        var day = Instant.FromUnixTimeMilliseconds(Batches.NowMs).InUtc().Date;
        var answer = await Segmentation.AnswerAsync(change(new()
        {
            Project = Project,
            Range = Project.Days(day, day),
            Now = Instant.FromUnixTimeMilliseconds(Batches.NowMs),
            Events = [EventSelection.Every("any")],
            Switches = Switches.Mixpanel,
        }), CancellationToken.None);
        return [.. answer.Series.Select(series => string.Join(' ', [.. series.Keys, $"{series.Whole}"]))];
    }
}
