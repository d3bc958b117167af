using System.Collections.Concurrent;
using Cairn.Query.Cohorts;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Turns;
using Cairn.Storage;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>Opens a project's rows for a report and spreads the scanning over the cores.</summary>
/// <param name="cohorts">The cohorts that conditions may name; null: none.</param>
/// <param name="turns">Shares out the cores; null: this reader's own.</param>
/// <param name="memory">What reports hold beside their columns; null: this reader's own.</param>
public sealed class ReportReader(IEventSource events, IPeopleSource people, ColumnCache cache, NamedCohorts? cohorts = null, ReportTurns? turns = null, ReportMemoryPool? memory = null)
{
    readonly ReportTurns turns = turns ?? new(Environment.ProcessorCount, TimeProvider.System);
    readonly ColumnRoom room = new(cache.BudgetBytes, TimeProvider.System);
    readonly ConcurrentDictionary<string, ProjectColumns> projects = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, ProjectJourneys> journeys = new(StringComparer.Ordinal);

    /// <summary>What reports hold beside the columns.</summary>
    internal ReportMemoryPool Memory { get; } = memory ?? new();

    /// <summary>Streamed reports so far: each takes memory of its own.</summary>
    int streams;

    /// <summary>Times a report begins anew because a file it reads went away meanwhile.</summary>
    const int MaxAttempts = 5;

    /// <summary>Reads the columns a report needs of the parts its range touches.</summary>
    /// <param name="withProfiles">Whether persons' properties are asked for beside those that <paramref name="properties"/> names.</param>
    internal Task<OpenedReport> OpenAsync(
        ReportProject project, TimeRange range, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, CancellationToken cancellationToken, bool withProfiles = false)
    {
        var use = CacheUse.Begin();
        return AgainWhereGoneAsync(() => TryOpenAsync(project, range, properties, needsPersons, withProfiles, use, cancellationToken));
    }

    /// <summary>Lays a project's rows out by person and reads the columns a report needs; where these are more than the memory for columns holds, share by share.</summary>
    /// <param name="properties">Every property that some expression reads.</param>
    /// <param name="needsPersons">Whether <see cref="PartColumns.Persons"/> is asked for: each row's person, beside the layout that tells them as well.</param>
    /// <param name="withProfiles">Whether persons' properties are asked for beside those that <paramref name="properties"/> names.</param>
    internal Task<OpenedJourneys> OpenJourneysAsync(
        ReportProject project, IReadOnlyCollection<PropertyReference> properties, CancellationToken cancellationToken, bool needsPersons = false, bool withProfiles = false)
    {
        var use = CacheUse.Begin();
        return AgainWhereGoneAsync(async () =>
        {
            withProfiles |= properties.Any(property => property.Scope is PropertyScope.User or PropertyScope.UserAtEvent);
            var members = await MembersAsync(project, properties, cancellationToken);
            return await OpenAsync(project, await ListAgainAsync(), properties, needsPersons, ListAgainAsync, cancellationToken);

            async Task<ScanContext> ListAgainAsync() => await CountedByAsync(await ListAsync(project, withProfiles, cancellationToken, use) with { Cohorts = members, Groups = await GroupsAsync(project, properties, cancellationToken) });

            async ValueTask<ScanContext> CountedByAsync(ScanContext listed)
            {
                if (project.CountBy is not { } groupKey) return listed;
                var groups = withProfiles ? new GroupProfiles(groupKey, await people.OpenGroupsAsync(project, cancellationToken)) : null;
                return listed with { Owners = new GroupOwners(groupKey, listed.Columns, cache), Units = new(listed.People.Persons, groups) };
            }
        });
    }

    async Task<OpenedJourneys> OpenAsync(
        ReportProject project, ScanContext context, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, Func<Task<ScanContext>> listAgain, CancellationToken cancellationToken)
    {
        var name = project.CountBy is { } groupKey ? $"{project.Id}/by {groupKey}" : project.Id;
        var needs = ColumnNeeds.Of(context.Snapshot.Parts, context.Columns, properties, needsPersons);
        var streamed = needs.TotalBytes > cache.BudgetBytes ? new StreamedJourneys(name, needs, cache.BudgetBytes, properties, needsPersons) : null;
        // What is streamed is no other report's.
        var taken = await room.TakeAsync(
            streamed is null
                ? needs.BytesOf.ToDictionary(column => $"{name}/{column.Key}", column => column.Value, StringComparer.Ordinal)
                : new Dictionary<string, long>(StringComparer.Ordinal) { [$"{name}//{Interlocked.Increment(ref streams)}"] = streamed.WorkBytes },
            cancellationToken);
        try
        {
            if (streamed is not null) return new(project.Id, context, turns, Memory.Open(), taken, streamed, listAgain);
            var slice = await journeys.GetOrAdd(name, _ => new(name, context.Columns, cache)).OpenAsync(context, properties, needsPersons, cancellationToken);
            return new(project.Id, context, turns, Memory.Open(), taken, slice);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Reads, and reads anew where a file went away meanwhile: compaction took it, and a snapshot opened now does without it.</summary>
    public static async Task<T> AgainWhereGoneAsync<T>(Func<Task<T>> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (RowFileGoneException) when (attempt < MaxAttempts)
            {
                // The next attempt lists the files anew.
            }
            catch (RowFileGoneException fault)
            {
                throw new StorageUnavailableException($"{fault.Name} and files before it went away before they could be read", fault);
            }
        }
    }

    /// <summary>The rows and people of a project, with no column read yet.</summary>
    /// <param name="use">How the question uses the cache; null: nobody counts that.</param>
    internal async ValueTask<ScanContext> ListAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken, CacheUse? use = null)
    {
        // Rows first: links are stored before the events they came with, so every row of the answer is seen with its links. The other way round
        // a person who signs up between the two counts twice.
        var snapshot = await events.OpenAsync(project.Id, cancellationToken);
        var everyone = await people.OpenAsync(project, withProfiles, cancellationToken);
        var columns = projects.GetOrAdd(project.Id, _ => new ProjectColumns(cache));
        return new(snapshot, columns, everyone, columns.PersonsOf(everyone.Persons), new ReadCount(use));
    }

    /// <summary>What a report over rows by person looks at.</summary>
    internal async Task<Explanation> ExplainAsync(ReportProject project, IReadOnlyCollection<PropertyReference> properties, CancellationToken cancellationToken)
    {
        var parts = (await events.OpenAsync(project.Id, cancellationToken)).Parts;
        var needs = ColumnNeeds.Of(parts, projects.GetOrAdd(project.Id, _ => new ProjectColumns(cache)), properties, needsPersons: false);
        return new("builtin")
        {
            Files = [.. parts.Select(part => new ExplainedFile(part.Part.Key, part.Live.Count))],
            Columns = [.. needs.BytesOf.Select(column => new ExplainedColumn(column.Key.Length == 0 ? "rows by person" : column.Key, column.Value)).OrderBy(column => column.Name, StringComparer.Ordinal)],
        };
    }

    /// <summary>Who is in the cohorts that a report's conditions name.</summary>
    async ValueTask<IReadOnlyDictionary<string, IReadOnlySet<string>>> MembersAsync(
        ReportProject project, IReadOnlyCollection<PropertyReference> properties, CancellationToken cancellationToken)
    {
        var members = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (var property in properties)
            if (property.Scope == PropertyScope.Cohort)
                members[property.Name] = cohorts is null ? throw new DefinitionException("cohort", "there are no cohorts here") : await cohorts.MembersAsync(this, project with { CountBy = null }, property.Name, cancellationToken);
        return members;
    }

    async ValueTask<IGroupMap?> GroupsAsync(ReportProject project, IReadOnlyCollection<PropertyReference> properties, CancellationToken cancellationToken) =>
        properties.Any(property => property.Scope is PropertyScope.GroupProfile or PropertyScope.GroupProfileAtEvent) ? await people.OpenGroupsAsync(project, cancellationToken) : null;

    async Task<OpenedReport> TryOpenAsync(
        ReportProject project, TimeRange range, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, bool withProfiles, CacheUse use, CancellationToken cancellationToken)
    {
        withProfiles |= properties.Any(property => property.Scope is PropertyScope.User or PropertyScope.UserAtEvent);
        var members = await MembersAsync(project, properties, cancellationToken);
        var context = await ListAsync(project, withProfiles, cancellationToken, use) with { Cohorts = members, Groups = await GroupsAsync(project, properties, cancellationToken) };
        var touched = context.Snapshot.Parts.Where(rows => rows.Part.RowCount > 0 && rows.Part.Times.LastMs >= range.FromMs && rows.Part.Times.FirstMs < range.UntilMs).ToArray();
        var parts = new PartColumns[touched.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, touched.Length, options, async (index, cancellation) =>
            parts[index] = await PartColumns.ReadAsync(context, touched[index], properties, needsPersons, cancellation));
        return new(context, parts);
    }
}

/// <summary>A report's rows, in memory.</summary>
sealed class OpenedReport(ScanContext context, IReadOnlyList<PartColumns> parts)
{
    public ScanContext Context => context;

    /// <summary>Codes of persons run from 0 up to this.</summary>
    public int PersonCount => context.Persons.Pool.Count;

    public IReadOnlyList<PartColumns> Parts => parts;

    /// <summary>Has workers scan neighbouring parts each, about as many rows each; gives them in the parts' order, so that joining them is repeatable.</summary>
    public async Task<IReadOnlyList<TWorker>> ScanAsync<TWorker>(Func<TWorker> hire, Action<TWorker, PartColumns> scan, CancellationToken cancellationToken)
    {
        var shares = Shares(Environment.ProcessorCount);
        var work = shares.Select(share => Task.Run(() =>
        {
            var worker = hire();
            foreach (var part in share)
            {
                cancellationToken.ThrowIfCancellationRequested();
                scan(worker, part);
            }
            return worker;
        }, cancellationToken));
        return await Task.WhenAll(work);
    }

    public Coverage Covered(long rowsRead, TimeSpan elapsed) =>
        context.Count.Covered(context.Snapshot.DataUpToMs, rowsRead, elapsed);

    List<List<PartColumns>> Shares(int count)
    {
        var perShare = parts.Sum(part => (long)part.RowCount) / count + 1;
        var shares = new List<List<PartColumns>> { new() };
        var rows = 0L;
        foreach (var part in parts)
        {
            if (rows >= perShare && shares.Count < count) { shares.Add([]); rows = 0; }
            shares[^1].Add(part);
            rows += part.RowCount;
        }
        return shares;
    }
}
