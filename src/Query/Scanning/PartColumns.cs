using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Turns;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>The columns of one part that a report needs, in memory.</summary>
sealed class PartColumns
{
    const int ItemsPerPause = 256;

    readonly Dictionary<PropertyReference, PropertyInput> inputs = [];

    PartColumns(PartRows rows, RowGaps gaps) => (Rows, Gaps) = (rows, gaps);

    public PartRows Rows { get; }

    /// <summary>The turn of the worker who scans these rows now; null where cores are not shared out.</summary>
    public WorkerTurn? Turn { get; set; }

    /// <summary>Lets others go first where it is their turn, once every some hundred persons or values that are worked through one by one.</summary>
    /// <param name="index">Which it is, from 0.</param>
    public void PauseAt(int index)
    {
        if (index % ItemsPerPause == 0) Turn?.Pause();
    }

    /// <summary>Rows that count, but not here: another part brings them.</summary>
    public RowGaps Gaps { get; }

    public int RowCount => Rows.Part.RowCount;

    /// <summary>Whether every row that is not in a gap counts and lies in a range, so that none needs to be looked at for it.</summary>
    public bool IsWithin(TimeRange range) => Rows.Live.IsAll && Rows.Part.Times.FirstMs >= range.FromMs && Rows.Part.Times.LastMs < range.UntilMs;

    public required Int64Column Times { get; init; }

    public required PooledColumn Events { get; init; }

    /// <summary>Whose the rows are; only where the report asks.</summary>
    public PersonColumn? Persons { get; private set; }

    /// <summary>A property that the report asked for when this was read.</summary>
    public PropertyInput this[PropertyReference reference] => inputs[reference];

    public PropertyInput[] InputsOf(CompiledExpression expression) => [.. expression.Inputs.Select(input => inputs[input])];

    /// <summary>Reads what is not in memory yet.</summary>
    /// <param name="needsPersons">Whether persons are counted.</param>
    /// <param name="gaps">Rows passed over; null: none.</param>
    public static async ValueTask<PartColumns> ReadAsync(
        ScanContext context, PartRows rows, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, CancellationToken cancellationToken, RowGaps? gaps = null)
    {
        var (columns, part, count) = (context.Columns, rows.Part, context.Count);
        var result = new PartColumns(rows, gaps ?? RowGaps.None)
        {
            Times = await ProjectColumns.ReadAsync<Int64Column>(part, RowLayout.Time, count, cancellationToken) ?? throw Lacks(part, RowLayout.Time),
            Events = await columns.TextAsync(part, RowLayout.Event, count, cancellationToken) ?? throw Lacks(part, RowLayout.Event),
        };
        var laidOut = part as IPooledPart;
        needsPersons |= properties.Any(TellsOfPersons);
        var ids = needsPersons && laidOut is null || properties.Any(property => property.Scope is PropertyScope.UserAtEvent or PropertyScope.GroupProfileAtEvent)
            ? await IdColumns.ReadAsync(columns, part, withReceipts: true, count, cancellationToken)
            : null;
        if (needsPersons) result.Persons = await (laidOut?.ReadPersonsAsync(context.Persons, cancellationToken) ?? context.Persons.ResolveAsync(ids!, part, cancellationToken));
        foreach (var property in properties)
            result.inputs[property] = await result.InputAsync(context, property, ids, cancellationToken);
        return result;
    }

    /// <summary>Whether a property is the same at all rows of a person.</summary>
    internal static bool TellsOfPersons(PropertyReference property) =>
        property.Scope is PropertyScope.User or PropertyScope.Cohort || property is { Scope: PropertyScope.EventField, Name: EventField.Person };

    async ValueTask<PropertyInput> InputAsync(ScanContext context, PropertyReference property, IdColumns? ids, CancellationToken cancellationToken) => property.Scope switch
    {
        PropertyScope.Event => await TypedAsync(context, RowLayout.Text, RowLayout.Json, property.Name, cancellationToken),
        PropertyScope.Group => await TypedAsync(context, RowLayout.Group, RowLayout.GroupJson, property.Name, cancellationToken),
        PropertyScope.GroupProfileAtEvent => new GroupAtEventInput(await TypedAsync(context, RowLayout.Group, RowLayout.GroupJson, property.GroupKey!, cancellationToken), ids!, context.Groups!, property),
        PropertyScope.GroupProfile => new GroupProfileInput(await TypedAsync(context, RowLayout.Group, RowLayout.GroupJson, property.GroupKey!, cancellationToken), context.Groups!, property),
        PropertyScope.EventField => await FieldAsync(context, property.Name, cancellationToken),
        PropertyScope.Cohort => new CohortInput(Persons!, context.Cohorts[property.Name]),
        PropertyScope.User => new UserInput(Persons!, context.People, property.Name),
        PropertyScope.UserAtEvent => new UserAtEventInput(ids!, context.People, await OwnProfiles.ReadAsync(Rows.Part, context.Count, cancellationToken), property.Name),
    };

    async ValueTask<PropertyInput> TypedAsync(ScanContext context, string textPrefix, string jsonPrefix, string name, CancellationToken cancellationToken)
    {
        var (columns, part, count) = (context.Columns, Rows.Part, context.Count);
        var isEvent = textPrefix == RowLayout.Text;
        var text = await columns.TextAsync(part, textPrefix + name, count, cancellationToken);
        var json = await columns.TextAsync(part, jsonPrefix + name, count, cancellationToken);
        var number = isEvent ? await ProjectColumns.ReadAsync<DoubleColumn>(part, RowLayout.Number + name, count, cancellationToken) : null;
        var flag = isEvent ? await ProjectColumns.ReadAsync<BooleanColumn>(part, RowLayout.Boolean + name, count, cancellationToken) : null;
        var typed = new EventPropertyInput(columns.PoolOf(textPrefix + name), columns.PoolOf(jsonPrefix + name), text, number, flag, json);
        // A file has a property in columns or in the rest; what is laid out from several files may have it in both.
        if (part is not IPooledPart && (text ?? json ?? (object?)number ?? flag) is not null) return typed;
        return await ProjectColumns.ReadAsync<TextColumn>(part, RowLayout.Rest, count, cancellationToken) is { } rest ? new RestInput(typed, rest, isEvent ? name : RowLayout.RestGroupText + name) : typed;
    }

    async ValueTask<PropertyInput> FieldAsync(ScanContext context, string field, CancellationToken cancellationToken)
    {
        var (columns, part, count) = (context.Columns, Rows.Part, context.Count);
        switch (field)
        {
            case EventField.Time: return new TimeInput(Times, asSeconds: false);
            case EventField.TimeSeconds: return new TimeInput(Times, asSeconds: true);
            case EventField.ReceivedAt: return new TimeInput(await ProjectColumns.ReadAsync<Int64Column>(part, RowLayout.ReceivedAt, count, cancellationToken), asSeconds: false);
            case EventField.Person: return new PersonInput(Persons!);
            default:
                var column = ColumnOf(field) ?? throw new ArgumentOutOfRangeException(nameof(field), field, "no event field");
                var text = await columns.TextAsync(part, column, count, cancellationToken);
                return new EventPropertyInput(columns.PoolOf(column), columns.PoolOf(""), text, null, null, null);
        }
    }

    /// <summary>The text column of a field of events; null for one that is no text.</summary>
    internal static string? ColumnOf(string field) => field switch
    {
        EventField.Name => RowLayout.Event,
        EventField.DistinctId => RowLayout.DistinctId,
        EventField.DeviceId => RowLayout.DeviceId,
        EventField.UserId => RowLayout.UserId,
        EventField.InsertId => RowLayout.InsertId,
        EventField.SessionId => RowLayout.SessionId,
        EventField.Sdk => RowLayout.Sdk,
        _ => null,
    };

    static InvalidDataException Lacks(IEventPart part, string column) => new($"{part.Key} lacks the column {column}, which every event has");
}
