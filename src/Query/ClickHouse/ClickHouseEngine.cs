using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Query.Retention;
using Cairn.Query.Scanning;
using Cairn.Query.Segmentation;
using Cairn.Query.Turns;
using Cairn.Storage;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Query.ClickHouse;

/// <summary>Asks one statement: its rows as they come.</summary>
delegate IAsyncEnumerable<JsonElement[]> Asker(ClickHouseStatement statement, CancellationToken cancellationToken);

/// <summary>The engines that projects have their reports answered by: each report asks here first whether another than the built-in one does.</summary>
/// <param name="rows">The rows that may be answered, without those of people who were erased; null: all.</param>
public sealed class ClickHouseEngine(ClickHouseServers servers, LakeSnapshots lakes, IPeopleSource people, TimeProvider clock, IRowSnapshots? rows = null) : IDisposable
{
    readonly ClickHouseClient client = new();

    public void Dispose() => client.Dispose();

    /// <summary>What a segmentation report comes to there, or here where that is as exact.</summary>
    internal Task<SegmentationAnswer> AnswerAsync(SegmentationDefinition definition, Func<Task<SegmentationAnswer>> here, CancellationToken cancellationToken) => AnswerAsync(
        definition.Project,
        SegmentationPlan.Of(definition).SelectMany(plan => plan.Properties),
        (lake, ask) => SegmentationThere.AnswerAsync(definition, lake, ask, cancellationToken),
        (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) },
        here,
        cancellationToken);

    internal Task<FunnelAnswer> AnswerAsync(FunnelDefinition definition, ReportMemoryPool memory, Func<Task<FunnelAnswer>> here, CancellationToken cancellationToken) => AnswerAsync(
        definition.Project,
        new FunnelPlan(definition).Properties,
        (lake, ask) => FunnelThere.AnswerAsync(definition, lake, ask, memory, cancellationToken),
        (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) },
        here,
        cancellationToken);

    internal Task<RetentionAnswer> AnswerAsync(RetentionDefinition definition, Func<Task<RetentionAnswer>> here, CancellationToken cancellationToken) => AnswerAsync(
        definition.Project,
        new RetentionPlan(definition).Properties,
        (lake, ask) => RetentionThere.AnswerAsync(definition, lake, ask, cancellationToken),
        (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) },
        here,
        cancellationToken);

    internal Task<Explanation> ExplainAsync(FunnelDefinition definition, Func<Task<Explanation>> here, CancellationToken cancellationToken) =>
        ExplainAsync(definition.Project, new FunnelPlan(definition).Properties, lake => [FunnelStatement.Of(new(definition), lake())], here, cancellationToken);

    internal Task<Explanation> ExplainAsync(RetentionDefinition definition, Func<Task<Explanation>> here, CancellationToken cancellationToken) =>
        ExplainAsync(definition.Project, new RetentionPlan(definition).Properties, lake => [RetentionStatement.Of(new(definition), lake())], here, cancellationToken);

    /// <summary>How a segmentation report would be answered.</summary>
    internal Task<Explanation> ExplainAsync(SegmentationDefinition definition, Func<Task<Explanation>> here, CancellationToken cancellationToken) => ExplainAsync(
        definition.Project, SegmentationPlan.Of(definition).SelectMany(plan => plan.Properties), lake => SegmentationThere.Statements(definition, lake), here, cancellationToken);

    /// <summary>What a report comes to that is none of those that are put into SQL: here, where that is as well.</summary>
    /// <param name="what">The report, as a person would say it.</param>
    internal async Task<T> AnswerHereAsync<T>(ReportProject project, string what, Func<Task<T>> here, Func<T, Func<Coverage, Coverage>, T> with)
    {
        if (servers.Of(project.Id) is not { } options) return await here();
        var fault = new NotExpressedException(what);
        if (!options.FallsBack) throw new DefinitionException("engine", fault.Message);
        return with(await here(), coverage => coverage with { InsteadOf = fault.Message });
    }

    /// <summary>Whether a server takes questions.</summary>
    public async Task<bool> IsThereAsync(ClickHouseOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await client.PingAsync(options, cancellationToken);
            return true;
        }
        catch (ClickHouseException)
        {
            return false;
        }
    }

    /// <summary>Whether all servers that are set take questions.</summary>
    public async Task<bool> AreAllThereAsync(CancellationToken cancellationToken) =>
        (await Task.WhenAll(servers.All.Distinct().Select(server => IsThereAsync(server, cancellationToken)))).All(isThere => isThere);

    /// <param name="there">Asks; what it throws as not expressed is answered here where the settings let it be.</param>
    /// <param name="with">The answer with its coverage changed.</param>
    async Task<T> AnswerAsync<T>(
        ReportProject project, IEnumerable<PropertyReference> properties, Func<Func<AskedLake>, Asker, Task<T>> there, Func<T, Func<Coverage, Coverage>, T> with, Func<Task<T>> here, CancellationToken cancellationToken)
    {
        if (servers.Of(project.Id) is not { } options) return await here();
        var startedAt = clock.GetTimestamp();
        string reason;
        try
        {
            var (version, known) = await OpenAsync(project, properties, cancellationToken);
            await RefuseErasedAsync(project, version, cancellationToken);
            // Nothing has come into the lake yet: there is no table to be asked for.
            if (version is null) return await here();
            var cost = new QueryCost();
            var answer = await there(() => new(options.Lake, project, version, known), (statement, cancelled) => client.AskAsync(options, statement, cost, cancelled));
            return with(answer, _ => new(UpToMs(version), cost.Rows, cost.Bytes, clock.GetElapsedTime(startedAt).TotalMilliseconds) { Engine = "clickhouse" });
        }
        catch (NotExpressedException fault)
        {
            if (!options.FallsBack) throw new DefinitionException("engine", fault.Message);
            reason = fault.Message;
        }
        catch (ClickHouseException fault)
        {
            if (!options.FallsBack) throw new StorageUnavailableException(fault.Message, fault);
            reason = fault.Message;
        }
        return with(await here(), coverage => coverage with { InsteadOf = reason });
    }

    async Task<Explanation> ExplainAsync(
        ReportProject project, IEnumerable<PropertyReference> properties, Func<Func<AskedLake>, IReadOnlyList<ClickHouseStatement>> statements, Func<Task<Explanation>> here, CancellationToken cancellationToken)
    {
        if (servers.Of(project.Id) is not { } options) return await here();
        var (version, known) = await OpenAsync(project, properties, cancellationToken);
        if (version is null) return await here();
        try
        {
            return new("clickhouse") { Statements = [.. statements(() => new(options.Lake, project, version, known)).Select(statement => statement.Explained())] };
        }
        catch (NotExpressedException fault)
        {
            if (!options.FallsBack) throw new DefinitionException("engine", fault.Message);
            return await here() with { InsteadOf = fault.Message };
        }
    }

    /// <summary>Rows first: links are stored before the events they came with.</summary>
    async Task<(LakeVersion? Version, People People)> OpenAsync(ReportProject project, IEnumerable<PropertyReference> properties, CancellationToken cancellationToken)
    {
        var version = (await lakes.OpenViewAsync(project.Id, RowLayout.Events, cancellationToken)).Version;
        return (version, await people.OpenAsync(project, properties.Any(property => property.Scope == PropertyScope.User), cancellationToken));
    }

    /// <summary>Refuses while files of the version still hold rows of people who were erased: a statement reads files whole.</summary>
    async Task RefuseErasedAsync(ReportProject project, LakeVersion? version, CancellationToken cancellationToken)
    {
        if (version is null || rows is null) return;
        var live = (await rows.OpenAsync(project.Id, RowLayout.Events, cancellationToken)).Files.ToDictionary(file => file.Name, file => file.Live.Count, StringComparer.Ordinal);
        if (version.Files.Any(file => live.GetValueOrDefault(file.Rows.Name, -1) != file.Rows.Live.Count)) throw new NotExpressedException("rows of erased people are still being taken out of the lake's files");
    }

    static long? UpToMs(LakeVersion version) => version.Files.Count == 0 ? null : version.Files.Max(file => file.Rows.Facts.MaxReceivedAtMs);
}
