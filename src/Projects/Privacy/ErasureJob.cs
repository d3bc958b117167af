using System.Text.Json;
using System.Text.Json.Serialization;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Erasure;
using Cairn.Projects.Compaction;
using Cairn.Projects.Jobs;
using Cairn.Projects.Keys;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Erasure;
using Cairn.Storage.Lake;
using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Privacy;

/// <summary>Erases those who asked for it: one owner at a time by a lease, step by step, each of which may be killed and is done again.</summary>
/// <remarks>
/// The order leaves no race. First the door, the consumers, compaction and readers know of the request, and only when consumers have passed the stream's end of then
/// are files touched: nothing of the people can come into them any more. Files are taken apart under compaction's lease. Last a scan looks at everything, and where it
/// finds a row the pass goes round again. docs/operations/privacy.md tells it for operators.
/// </remarks>
public sealed partial class ErasureJob(
    ErasureRequests requests, ErasureStore erased, ReceiptSigner signer, ProjectStore projects, IBlobStore blobs, LakeTables tables, LakeSnapshots all, HeldMessages messages,
    IEventStream stream, StoredPlaces places, IEnumerable<IStoreTraces> traces, PrivacyOptions options, TimeProvider clock, ILogger<ErasureJob> log)
{
    public const string LeaseName = "leases/erasure";

    /// <summary>How often a pass goes round again before it waits for the next run.</summary>
    const int MaxRoundsPerRun = 3;

    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter() } };

    readonly IStoreTraces[] traces = [.. traces];

    /// <summary>Goes on with every project's requests as far as possible now.</summary>
    public async Task<JobEnd> RunAsync(CancellationToken cancellationToken)
    {
        var waiting = await requests.ListWaitingAsync(cancellationToken);
        if (waiting.Count == 0) return JobEnd.Well;
        await using var lease = await KeptLease.TryTakeAsync(blobs, LeaseName, clock, cancellationToken);
        if (lease is null) return JobEnd.LeftToAnother;
        var isDone = true;
        foreach (var projectId in waiting.Select(erasure => erasure.ProjectId).Distinct(StringComparer.Ordinal))
        {
            try
            {
                isDone &= await RunAsync(projectId, lease.Working);
            }
            catch (Exception fault) when (LakeCompaction.IsExpected(fault) || fault is StreamUnavailableException)
            {
                // One project's fault stops no other; the next run goes on with the step that it met.
                LogFailed(log, projectId, fault);
                isDone = false;
            }
        }
        return isDone ? JobEnd.Well : JobEnd.Partly;
    }

    async Task<bool> RunAsync(string projectId, CancellationToken cancellationToken)
    {
        var mode = (await projects.FindAsync(projectId, cancellationToken))?.IdentityMode ?? Model.Identity.IdentityMode.Simplified;
        foreach (var erasure in await OfProjectAsync(projectId, cancellationToken))
            if (erasure.State == ErasureState.Staging && erasure.StartsAt <= clock.GetUtcNow()) await requests.BeginAsync(erasure, mode, cancellationToken);
        var pass = await ReadAsync(projectId, cancellationToken) ?? await BeginAsync(projectId, cancellationToken);
        while (pass is not null)
        {
            if (await StepAsync(pass, cancellationToken) is not { } next) return false;
            // A pass that is through begins no new step; who asked meanwhile gets the next one.
            pass = next.Step > ErasureStep.Scan ? await BeginAsync(projectId, cancellationToken) : next;
            if (pass is { Rounds: > 0 and var rounds } && pass.Step == ErasureStep.Messages && rounds % MaxRoundsPerRun == 0) return false;
        }
        return true;
    }

    async Task<IReadOnlyList<Erasure>> OfProjectAsync(string projectId, CancellationToken cancellationToken) =>
        [.. (await requests.ListWaitingAsync(cancellationToken)).Where(erasure => erasure.ProjectId == projectId)];

    /// <summary>A pass for all that have begun; null where there is none. One whose stream's retention has run out gets a second scan.</summary>
    async Task<ErasurePass?> BeginAsync(string projectId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = (await OfProjectAsync(projectId, cancellationToken)).Where(erasure => erasure.State == ErasureState.Started || (erasure.State == ErasureState.Pending && erasure.StreamEndsAt <= now)).ToList();
        if (due.Count == 0) return null;
        var isOneProcess = traces.Any(trace => trace.Name == "tables");
        return await KeepAsync(
            new(Guid.NewGuid().ToString("n"), projectId, [.. due.Select(erasure => erasure.Id)], ErasureStep.Keys, isOneProcess ? now : now + ErasureStore.VisibleElsewhereWithin, null, [], 0, []),
            cancellationToken);
    }

    /// <summary>Does the next step.</summary>
    /// <returns>The pass with the step after it; null where it has to wait.</returns>
    async Task<ErasurePass?> StepAsync(ErasurePass pass, CancellationToken cancellationToken)
    {
        var items = await erased.ReadAsync(pass.ProjectId, cancellationToken);
        var files = new FileErasure(blobs, tables, clock, pass.ProjectId, items, pass.Id);
        switch (pass.Step)
        {
            case ErasureStep.Keys:
                await erased.AddKeysAsync(pass.ProjectId, await files.FindKeysAsync(all, cancellationToken), cancellationToken);
                return await KeepAsync(pass with { Step = ErasureStep.Visible, VisibleAt = pass.VisibleAt > clock.GetUtcNow() ? clock.GetUtcNow() + ErasureStore.VisibleElsewhereWithin : pass.VisibleAt }, cancellationToken);
            case ErasureStep.Visible:
                if (clock.GetUtcNow() < pass.VisibleAt) return null;
                return await KeepAsync(pass with { Step = ErasureStep.Consumed, StreamEnds = await FindEndsAsync(cancellationToken) }, cancellationToken);
            case ErasureStep.Consumed:
                var stored = await places.ReadAsync(await stream.DescribeAsync(cancellationToken), cancellationToken);
                if (pass.StreamEnds!.Zip(stored).Any(partition => partition.Second < partition.First)) return null;
                return await KeepAsync(pass with { Step = ErasureStep.Messages }, cancellationToken);
            case ErasureStep.Messages:
                var spool = await messages.EraseFromSpoolAsync(pass.ProjectId, items, cancellationToken);
                var (letters, unreadable) = await messages.EraseFromDeadLettersAsync(pass.ProjectId, items, new(await IdsAsync(pass, cancellationToken)), cancellationToken);
                return await KeepAsync(pass with { Step = ErasureStep.Files, Removed = [.. pass.Removed, spool, letters], Unreadable = unreadable }, cancellationToken);
            case ErasureStep.Files:
                return await RemoveFromFilesAsync(pass, files, cancellationToken);
            case ErasureStep.LookUps:
                var (profiles, claims) = await requests.EraseLookUpRowsAsync(pass.ProjectId, await IdsAsync(pass, cancellationToken), cancellationToken);
                return await KeepAsync(pass with { Step = ErasureStep.Traces, Removed = [.. pass.Removed, new("look-up/profiles", profiles, 0, null, null), new("look-up/identities", claims, 0, null, null)] }, cancellationToken);
            case ErasureStep.Traces:
                foreach (var trace in traces)
                    if (!await trace.ForgetAsync(pass.StreamEnds!, cancellationToken)) return null;
                return await KeepAsync(pass with { Step = ErasureStep.Scan }, cancellationToken);
            case ErasureStep.Scan:
                return await ScanAsync(pass, items, cancellationToken);
            default:
                throw new InvalidDataException($"a pass of {pass.ProjectId} has the step {pass.Step}");
        }
    }

    async Task<long[]> FindEndsAsync(CancellationToken cancellationToken)
    {
        var ends = new long[(await stream.DescribeAsync(cancellationToken)).PartitionCount];
        for (var partition = 0; partition < ends.Length; partition++) ends[partition] = await stream.FindLastSeqAsync(partition, cancellationToken);
        return ends;
    }

    async Task<ErasurePass?> RemoveFromFilesAsync(ErasurePass pass, FileErasure files, CancellationToken cancellationToken)
    {
        await using var lease = await KeptLease.TryTakeAsync(blobs, CompactionSchedule.LeaseName, clock, cancellationToken);
        if (lease is null) return null;
        foreach (var table in LakeLayout.RowTables)
        {
            // Kept after each place: what was taken out before a kill is found no more, and would miss in the receipt.
            pass = (await KeepAsync(pass with { Removed = [.. pass.Removed, await files.RemoveFromRecentAsync(table, lease.Working)] }, cancellationToken))!;
            pass = (await KeepAsync(pass with { Removed = [.. pass.Removed, await files.RemoveFromTableAsync(table, lease.Working)] }, cancellationToken))!;
        }
        var built = await files.RemoveFromBuiltTablesAsync((await IdsAsync(pass, cancellationToken)).ToHashSet(StringComparer.Ordinal), lease.Working);
        return await KeepAsync(pass with { Step = ErasureStep.LookUps, Removed = [.. pass.Removed, .. built] }, cancellationToken);
    }

    async Task<ErasurePass?> ScanAsync(ErasurePass pass, ErasedItems items, CancellationToken cancellationToken)
    {
        var scan = await new ErasureScan(blobs, tables, pass.ProjectId, items, new(await IdsAsync(pass, cancellationToken))).RunAsync(clock.GetUtcNow(), cancellationToken);
        if (scan.Left > 0)
        {
            LogLeft(log, pass.ProjectId, scan.Left);
            return await KeepAsync(pass with { Step = ErasureStep.Messages, Rounds = pass.Rounds + 1 }, cancellationToken);
        }
        var isStreamGone = traces.Any(trace => trace.Name == "stream");
        var now = clock.GetUtcNow();
        var done = new List<string>();
        foreach (var erasure in await ErasuresAsync(pass, cancellationToken))
        {
            var streamEndsAt = isStreamGone ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(erasure.UpToMs) + options.StreamRetention;
            var isDone = streamEndsAt is null || streamEndsAt <= now;
            var receipt = await signer.SignAsync(ErasureReceipt.Write(erasure, pass, scan, now, streamEndsAt, isDone), cancellationToken);
            await requests.KeepAsync(
                erasure with
                {
                    State = isDone ? ErasureState.Done : ErasureState.Pending,
                    EndedAt = isDone ? now : null,
                    StreamEndsAt = streamEndsAt,
                    Receipt = receipt,
                    // A second scan needs the ids; after it nothing keeps them.
                    Asked = isDone ? [] : erasure.Asked,
                    Ids = isDone ? [] : erasure.Ids,
                },
                cancellationToken);
            if (isDone) done.Add(erasure.Id);
        }
        await erased.EndAsync(pass.ProjectId, done, cancellationToken);
        await blobs.DeleteAsync(NameOf(pass.ProjectId), cancellationToken);
        return pass with { Step = ErasureStep.Scan + 1 };
    }

    async Task<IReadOnlyList<Erasure>> ErasuresAsync(ErasurePass pass, CancellationToken cancellationToken)
    {
        var all = new List<Erasure>();
        foreach (var id in pass.ErasureIds)
            if (await requests.FindAsync(pass.ProjectId, id, cancellationToken) is { Ids.Count: > 0 } erasure) all.Add(erasure);
        return all;
    }

    async Task<IReadOnlyList<string>> IdsAsync(ErasurePass pass, CancellationToken cancellationToken) =>
        [.. (await ErasuresAsync(pass, cancellationToken)).SelectMany(erasure => erasure.Ids!).Distinct(StringComparer.Ordinal)];

    async Task<ErasurePass?> ReadAsync(string projectId, CancellationToken cancellationToken) =>
        await blobs.ReadAsync(NameOf(projectId), cancellationToken) is { } content ? JsonSerializer.Deserialize<ErasurePass>(content.Bytes.Span, Json) : null;

    async Task<ErasurePass?> KeepAsync(ErasurePass pass, CancellationToken cancellationToken)
    {
        await blobs.PutAsync(NameOf(pass.ProjectId), JsonSerializer.SerializeToUtf8Bytes(pass, Json), PutCondition.None, cancellationToken);
        return pass;
    }

    static string NameOf(string projectId) => $"{ErasureRequests.Folder}{projectId}/pass.json";

    [LoggerMessage(4102, LogLevel.Warning, "Erasing in project {ProjectId} stopped; the next run goes on")]
    static partial void LogFailed(ILogger logger, string projectId, Exception exception);

    [LoggerMessage(4103, LogLevel.Warning, "The scan of project {ProjectId} found {Rows} rows that should be gone; they are taken out again")]
    static partial void LogLeft(ILogger logger, string projectId, long rows);
}
