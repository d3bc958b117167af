using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Query.ClickHouse;

/// <summary>The events of one version of the lake as a statement reads them: each row with its person by the links known now, and the properties that expressions read.</summary>
/// <remarks>
/// Why links and profiles are sent along rather than read from the lake: docs/decisions, "People are sent along". Every column of the lake is read as <c>lake.`name`</c> and given a name of
/// ours, so that none of a sender's names can be taken for another.
/// </remarks>
sealed class AskedLake
{
    readonly ClickHouseLake place;
    readonly ReportProject project;
    readonly LakeVersion version;
    readonly People people;
    readonly Dictionary<string, SqlName> columns = new(StringComparer.Ordinal);
    readonly List<string> userProperties = [];
    bool readsPersons;

    public AskedLake(ClickHouseLake place, ReportProject project, LakeVersion version, People people)
    {
        (this.place, this.project, this.version, this.people) = (place, project, version, people);
        if (project.CountBy is not null) throw new NotExpressedException("groups counted in the place of users");
    }

    public LakeVersion Version => version;

    /// <summary>A row's time, Unix milliseconds; its event's name; its person, empty for nobody. Good in whatever reads <see cref="Rows"/>.</summary>
    public static Sql Ms { get; } = Sql.Of($"ms");

    public static Sql Name { get; } = Sql.Of($"name");

    public static Sql Person { get; } = Sql.Of($"person");

    /// <summary>Has persons found, for who reads <see cref="Person"/>.</summary>
    public void ReadPersons() => readsPersons = true;

    /// <summary>A column of every row as a text, null where there is none.</summary>
    public Sql Fixed(string rowName) => Sql.Of($"{ColumnOf(rowName)!.Value}");

    /// <summary>An expression at a row.</summary>
    public ExpressedValue Of(Expression expression) => new ExpressedExpression(Property).Of(expression);

    /// <summary>1 where a condition is true; always, where there is none.</summary>
    public Sql IsTrue(Expression? condition) => condition is null ? Sql.Of($"1") : Of(condition).IsTrue;

    /// <summary>1 where a row is of a selection.</summary>
    public Sql Selects(EventSelection selection)
    {
        var byName = selection.Names is null ? Sql.Of($"1") : Sql.Of($"has({selection.Names}, {Name})");
        return selection.Filter is null ? byName : Sql.Of($"({byName} and {IsTrue(selection.Filter)})");
    }

    ExpressedValue Property(PropertyReference reference) => reference.Scope switch
    {
        PropertyScope.Event => Typed(reference, RowLayout.Text, RowLayout.Json, isGroup: false),
        PropertyScope.Group => Typed(reference, RowLayout.Group, RowLayout.GroupJson, isGroup: true),
        PropertyScope.EventField => Field(reference.Name),
        PropertyScope.User => User(reference.Name),
        PropertyScope.UserAtEvent => throw new NotExpressedException($"a person's property as it was at the event ({reference})"),
        PropertyScope.GroupProfile or PropertyScope.GroupProfileAtEvent => throw new NotExpressedException($"what is known of a group ({reference})"),
        PropertyScope.Cohort => throw new NotExpressedException($"the people of a saved cohort ({reference})"),
    };

    ExpressedValue Typed(PropertyReference reference, string textPrefix, string jsonPrefix, bool isGroup)
    {
        if (version.Schema.ByRowName.ContainsKey(jsonPrefix + reference.Name)) throw new NotExpressedException($"a property that is a list or an object somewhere ({reference})");
        if (version.Schema.PropertyCount >= LakeSchema.MaxProperties && !version.Schema.HasProperty(isGroup, reference.Name))
            throw new NotExpressedException($"a property past the {LakeSchema.MaxProperties} that have columns ({reference})");
        return new()
        {
            Text = ColumnOf(textPrefix + reference.Name) is { } text ? Sql.Of($"{text}") : null,
            Number = !isGroup && ColumnOf(RowLayout.Number + reference.Name) is { } number ? Sql.Of($"{number}") : null,
            Flag = !isGroup && ColumnOf(RowLayout.Boolean + reference.Name) is { } flag ? Sql.Of($"toUInt8({flag})") : null,
        };
    }

    ExpressedValue Field(string name)
    {
        switch (name)
        {
            case EventField.Time: return new() { Moment = Ms };
            case EventField.TimeSeconds: return new() { Number = Sql.Of($"toFloat64(intDiv({Ms}, 1000))") };
            case EventField.ReceivedAt: return new() { Moment = Sql.Of($"toUnixTimestamp64Milli({ColumnOf(RowLayout.ReceivedAt)!.Value})") };
            case EventField.Person:
                readsPersons = true;
                return new() { Text = Sql.Of($"nullIf({Person}, '')") };
            case EventField.Name: return new() { Text = Sql.Of($"{Name}") };
            default: return new() { Text = Fixed(PartColumns.ColumnOf(name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no event field")) };
        }
    }

    ExpressedValue User(string property)
    {
        readsPersons = true;
        if (!userProperties.Contains(property)) userProperties.Add(property);
        var index = userProperties.IndexOf(property);
        return new() { Text = Sql.Of($"{new SqlName($"ut{index}")}"), Number = Sql.Of($"{new SqlName($"un{index}")}"), Flag = Sql.Of($"{new SqlName($"uf{index}")}") };
    }

    /// <summary>What a column of the lake is called in a statement; null where this version has none.</summary>
    SqlName? ColumnOf(string rowName)
    {
        if (!version.Schema.ByRowName.TryGetValue(rowName, out var column)) return null;
        if (!columns.TryGetValue(column.Name, out var known)) columns.Add(column.Name, known = new($"c{columns.Count}"));
        return known;
    }

    /// <summary>The rows of a range. Asked for last: it reads what was asked for until now.</summary>
    /// <returns>A select without brackets.</returns>
    public Sql Rows(TimeRange range)
    {
        var people = readsPersons ? PeopleSql.Of(project.IdentityMode, this.people) : null;
        var read = new List<Sql> { Sql.Of($"toUnixTimestamp64Milli(lake.time) as ms"), Sql.Of($"ifNull(lake.event, '') as name") };
        read.AddRange(columns.Select(column => Sql.Of($"lake.{new SqlName(column.Key)} as {column.Value}")));
        if (people is not null) read.AddRange(people.Read);
        var rows = Sql.Of($"select {Sql.Join(", ", read)} from {place.Table(version.Delta.Root)} as lake where {Within(range)}");
        if (people is null) return rows;
        rows = people.Joined(rows);
        return userProperties.Count == 0 ? rows : Sql.Of($"select * from ({rows}) as rows left any join profiles on profiles.of = rows.person");
    }

    /// <summary>The tables that <see cref="Rows"/> names.</summary>
    public IReadOnlyList<UploadedTable> Uploads()
    {
        if (!readsPersons) return [];
        var uploads = PeopleSql.Of(project.IdentityMode, people).Uploads.ToList();
        if (userProperties.Count > 0) uploads.Add(PeopleSql.Profiles(people, userProperties));
        return uploads;
    }

    /// <summary>Whether rows lie in a range. The table's partitions and its files' statistics go by the last two.</summary>
    static Sql Within(TimeRange range)
    {
        var (from, until) = (Math.Clamp(range.FromMs, FirstMs, LastMs), Math.Clamp(range.UntilMs, FirstMs, LastMs));
        var exact = Sql.Of($"toUnixTimestamp64Milli(lake.time) >= {from} and toUnixTimestamp64Milli(lake.time) < {until}");
        var months = Sql.Of($"lake.month >= {LakeLayout.MonthOf(from)} and lake.month <= {LakeLayout.MonthOf(until)}");
        if (from < FirstPrunedMs || until > LastPrunedMs) return Sql.Of($"{exact} and {months}");
        return Sql.Of($"{exact} and {months} and lake.time >= fromUnixTimestamp64Milli({from}) and lake.time <= fromUnixTimestamp64Milli({until})");
    }

    /// <summary>Times that ClickHouse's DateTime64 compares as they are: 1970 to 2200.</summary>
    const long FirstPrunedMs = 0, LastPrunedMs = 7_258_118_400_000;

    /// <summary>Unix milliseconds of the years 1 and 10000.</summary>
    const long FirstMs = -62_135_596_800_000, LastMs = 253_402_300_800_000;
}
