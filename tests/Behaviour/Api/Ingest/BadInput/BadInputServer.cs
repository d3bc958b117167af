using Cairn.Ingestion;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Cairn.Support.Ingest;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Api.Ingest.BadInput;

/// <summary>Sends a row of docs/wire/bad-input.md to its vendor's endpoint over the real stages, and says what was answered and what went on.</summary>
static class BadInputServer
{
    /// <summary>A person of whom nothing is kept, and an event that nobody wants.</summary>
    public const string SuppressedId = "suppressed-person", BlockedName = "blocked event";

    public static readonly string[] Mixpanel = ["/track", "/engage", "/groups", "/import"];
    public static readonly string[] Others = ["/2/httpapi", "/batch", "/v1/batch", .. AmplitudeFormInput.Endpoints];

    /// <summary>Whether the row is about one of the vendors' write endpoints.</summary>
    public static bool Knows(string endpoint) => Mixpanel.Contains(endpoint.Split('?')[0]) || Others.Contains(endpoint);

    /// <returns>The answer, and how many records every stage let through.</returns>
    public static async Task<(Answer Answer, int StoredCount)> SendAsync(string endpoint, string input)
    {
        var door = new Door();
        if (Mixpanel.Contains(endpoint.Split('?')[0]))
        {
            var server = new MixpanelServer(door: door);
            door.Open(server.Projects, server.Clock);
            return (await server.SendAsync(MixpanelBadInput.Make(endpoint, input, server.Clock.Advance)), door.StoredCount);
        }
        var (answering, clock) = Ask(endpoint, input, door);
        if (input == "a body slower than a minute") clock.Advance(TimeSpan.FromSeconds(66));
        return (await answering, door.StoredCount);
    }

    static (Task<Answer>, FakeTimeProvider) Ask(string endpoint, string input, Door door)
    {
        var request = VendorBadInput.Make(endpoint, input);
        if (endpoint == "/v1/batch")
        {
            var segment = new SegmentServer(door.Open);
            return (segment.SendAsync(request), segment.Clock);
        }
        var amplitude = new AmplitudeServer(door.Open);
        return (amplitude.SendAsync(request), amplitude.Clock);
    }

    sealed class Door : IIngestDoor, ISuppressions, ICatalogue
    {
        IngestDoor? stages;
        readonly InMemoryEventStream stream = new();

        public int StoredCount { get; private set; }

        public IIngestDoor Open(IProjectDirectory projects, TimeProvider time)
        {
            stages = new(projects, this, this, new(stream, new Spool(new InMemoryBlobStore(), time), time));
            return this;
        }

        public async ValueTask AcceptAsync(ItemBatch batch, CancellationToken cancellationToken)
        {
            await stages!.AcceptAsync(batch, cancellationToken);
            if (batch.Rules.TakesAllOrNothing && batch.AcceptedCount < batch.RecordCount)
            {
                Xunit.Assert.Empty(stream.All);
                return;
            }
            foreach (var verdict in batch.Verdicts)
                if (verdict.IsAccepted) StoredCount++;
        }

        public bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id) => utf8Id.SequenceEqual(Batches.Utf8(SuppressedId));

        public EventRule RuleFor(string projectId, ReadOnlySpan<byte> utf8Name) => new(utf8Name.SequenceEqual(Batches.Utf8(BlockedName)), default);
    }
}
