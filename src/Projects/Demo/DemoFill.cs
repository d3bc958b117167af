using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Ingestion.Mixpanel;
using Cairn.Model;

namespace Cairn.Projects.Demo;

/// <summary>Fills a project with the demo product's history, through the same translators, stages and stream as everybody's events.</summary>
/// <param name="people">How many people the history has; fewer for a quick look.</param>
public sealed class DemoFill(IIngestDoor door, TimeProvider time, int people = DemoFill.People)
{
    /// <summary>People of the demo; with some fifty events each it makes about a million.</summary>
    public const int People = 20_000;

    /// <summary>Makes the history the same on every machine.</summary>
    internal const int Seed = 42;

    /// <summary>Bodies on their way at once: one is being made while others are acknowledged.</summary>
    const int BodiesAtOnce = 3;

    /// <summary>Its own, for it never has more bodies at once than these.</summary>
    readonly BodyMemory memory = new(time);

    /// <summary>Sends everything, and says after each body how far it is. When the last step is there, everything is durable.</summary>
    /// <exception cref="StreamUnavailableException">The stream and the spool are away; what was sent stays, and filling again adds only the rest.</exception>
    public async IAsyncEnumerable<DemoProgress> FillAsync(IngestProject project, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var bodies = new DemoBodies(Seed, people, new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        var steps = Channel.CreateUnbounded<DemoProgress>(new() { SingleReader = true });
        var sending = SendAllAsync(bodies, project, steps.Writer, cancellationToken);
        await foreach (var step in steps.Reader.ReadAllAsync(cancellationToken)) yield return step;
        await sending;
    }

    async Task SendAllAsync(DemoBodies bodies, IngestProject project, ChannelWriter<DemoProgress> steps, CancellationToken cancellationToken)
    {
        long events = 0;
        var peopleDone = 0;
        try
        {
            // A body's memory is used again for the next, so each sender gets a copy of its own.
            var copies = bodies.All().Select(body => body with { Json = body.Json.ToArray() });
            var options = new ParallelOptions { MaxDegreeOfParallelism = BodiesAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(copies, options, async (body, cancelled) =>
            {
                var acceptedCount = await SendAsync(body, project, cancelled);
                var soFar = body.IsProfiles ? Interlocked.Read(ref events) : Interlocked.Add(ref events, acceptedCount);
                InterlockedMax(ref peopleDone, body.PeopleDone);
                steps.TryWrite(new(people, Volatile.Read(ref peopleDone), soFar));
            });
            steps.TryWrite(new(people, people, Interlocked.Read(ref events)));
        }
        finally
        {
            steps.Complete();
        }
    }

    /// <returns>Records that are durable: what the project blocks or suppresses is left out.</returns>
    async Task<int> SendAsync(DemoBody body, IngestProject project, CancellationToken cancellationToken)
    {
        using var request = await RequestBody.ReadAsync(
            new MemoryStream(body.Json.ToArray()), body.Json.Length, null, MixpanelLimits.Body, time, cancellationToken, memory: memory);
        using var batch = new ItemBatch(Dialect.Mixpanel, time.GetUtcNow().ToUnixTimeMilliseconds()) { RequestProject = project };
        var flags = default(MixpanelFlags);
        var payload = MixpanelPayload.Unwrap(request, "application/json", default, keepsInvalidUtf8: false, ref flags);
        var fault = RejectReason.None;
        if (body.IsProfiles)
        {
            using var updates = new UpdateTranslator(ItemKind.ProfileUpdate);
            fault = MixpanelRecords.Translate(payload, updates, batch);
        }
        else
        {
            fault = MixpanelRecords.Translate(payload, new EventTranslator(new(IsStrict: true, AllowsMerge: false, project.IdentityMode)), batch);
        }
        if (fault != RejectReason.None) throw new InvalidOperationException($"the demo made a body that is refused: {fault}");
        await door.AcceptAsync(batch, cancellationToken);
        var acceptedCount = 0;
        foreach (var verdict in batch.Verdicts)
        {
            if (!verdict.CountsAsAccepted) throw new InvalidOperationException($"the demo made a record that is refused: {verdict.Reason} {verdict.Field}");
            if (verdict.IsAccepted) acceptedCount++;
        }
        return acceptedCount;
    }

    static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}

/// <summary>How far filling is.</summary>
/// <param name="People">How many people there will be.</param>
/// <param name="PeopleDone">How many are complete.</param>
/// <param name="Events">Events that are durable so far.</param>
public sealed record DemoProgress(int People, int PeopleDone, long Events);
