using Cairn.Query.Filters;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Query.Scanning;

/// <summary>One property at the rows of one part.</summary>
/// <remarks>
/// Equal values have equal keys, the same in every part, so that whatever is computed from the value alone is computed once per key: once
/// per dictionary entry. <see cref="Unkeyed"/> stands for values that are not kept by key (numbers).
/// </remarks>
abstract class PropertyInput
{
    public const int Unkeyed = -1;

    /// <summary>The key of a missing value, of false and of true; what comes after belongs to the input's kind.</summary>
    protected const int MissingKey = 0, FalseKey = 1, TrueKey = 2, FirstKey = 3;

    /// <summary>Keys run from 0 up to this.</summary>
    public abstract int KeyCount { get; }

    public abstract int KeyAt(int row);

    public abstract Value ValueAt(int row);

    /// <summary>The rows' codes where they alone say the value, always of the same pool; null where more has to be looked at.</summary>
    public virtual CodeArray? Codes => null;

    /// <summary>The rows' numbers where a row's value is a number or of no use to who asks for numbers; NaN for none. Empty where the property has no numbers.</summary>
    public virtual ReadOnlySpan<double> Numbers => default;
}

/// <summary>A property that events carry: of its columns, one per type, at most one has a value at a row.</summary>
/// <param name="textPool">Codes of the text column in all parts.</param>
/// <param name="jsonPool">Codes of the column of lists and objects in all parts.</param>
sealed class EventPropertyInput(TextPool textPool, TextPool jsonPool, PooledColumn? text, DoubleColumn? number, BooleanColumn? flag, PooledColumn? json) : PropertyInput
{
    // Taken once: other reports may add to the pools meanwhile, but no code of this part is newer. Texts have the even keys and JSON the odd ones,
    // so that a key means the same whatever the pools have grown to.
    public override int KeyCount { get; } = FirstKey + 2 * Math.Max(textPool.Count, jsonPool.Count);

    public override CodeArray? Codes => number is null && flag is null && json is null ? text?.Codes : null;

    public override ReadOnlySpan<double> Numbers => number is null ? default : number.Values;

    public override int KeyAt(int row)
    {
        if (text is not null && text.Codes[row] >= 0) return FirstKey + 2 * text.Codes[row];
        if (number is not null && !double.IsNaN(number.Values[row])) return Unkeyed;
        if (flag is not null && flag.Values[row] >= 0) return FalseKey + flag.Values[row];
        if (json is not null && json.Codes[row] >= 0) return FirstKey + 2 * json.Codes[row] + 1;
        return MissingKey;
    }

    public override Value ValueAt(int row)
    {
        if (text is not null && text.Codes[row] >= 0) return Value.Of(text.Pool[text.Codes[row]]);
        if (number is not null && !double.IsNaN(number.Values[row])) return Value.Of(number.Values[row]);
        if (flag is not null && flag.Values[row] >= 0) return Value.Of(flag.Values[row] == 1);
        if (json is not null && json.Codes[row] >= 0) return JsonValue.Parse(json.Pool[json.Codes[row]]);
        return Value.Undefined;
    }
}

/// <summary>A time of the event: as a moment, or as whole seconds.</summary>
sealed class TimeInput(Int64Column? times, bool asSeconds) : PropertyInput
{
    public override int KeyCount => FirstKey;

    public override int KeyAt(int row) => Unkeyed;

    public override Value ValueAt(int row)
    {
        if (times is null || times.Values[row] == Int64Column.Null) return Value.Undefined;
        return asSeconds ? Value.Of((double)Math.DivRem(times.Values[row], 1000).Quotient) : Value.Moment(times.Values[row]);
    }
}

/// <summary>The person's id.</summary>
sealed class PersonInput(PersonColumn persons) : PropertyInput
{
    readonly int personCount = persons.Pool.Count;

    public override int KeyCount => FirstKey + personCount;

    public override int KeyAt(int row) => persons.Codes[row] < 0 ? MissingKey : FirstKey + persons.Codes[row];

    public override Value ValueAt(int row) => persons.Codes[row] < 0 ? Value.Undefined : Value.Of(persons.Pool[persons.Codes[row]]);
}

/// <summary>A property of the person as it is now: the same at all the person's rows.</summary>
sealed class UserInput(PersonColumn persons, People people, string property) : PropertyInput
{
    readonly int personCount = persons.Pool.Count;

    public override int KeyCount => FirstKey + personCount;

    public override int KeyAt(int row) => persons.Codes[row] < 0 ? MissingKey : FirstKey + persons.Codes[row];

    public override Value ValueAt(int row) =>
        persons.Codes[row] < 0 ? Value.Undefined : people.Current(persons.Pool[persons.Codes[row]], property);
}

/// <summary>Whether the person is in a cohort: the same at all the person's rows. Nobody is in none.</summary>
/// <param name="members">Canonical ids.</param>
sealed class CohortInput(PersonColumn persons, IReadOnlySet<string> members) : PropertyInput
{
    readonly int personCount = persons.Pool.Count;

    public override int KeyCount => FirstKey + personCount;

    public override int KeyAt(int row) => persons.Codes[row] < 0 ? FalseKey : FirstKey + persons.Codes[row];

    public override Value ValueAt(int row) => Value.Of(persons.Codes[row] >= 0 && members.Contains(persons.Pool[persons.Codes[row]]));
}

/// <summary>A property of the person as it was known at the event.</summary>
sealed class UserAtEventInput(IdColumns ids, People people, OwnProfiles own, string property) : PropertyInput
{
    public override int KeyCount => FirstKey;

    public override int KeyAt(int row) => Unkeyed;

    public override Value ValueAt(int row) => own.Stands(row) ? People.Of(own.At(row), property) : people.AtEvent(ids.At(row), property);
}

/// <summary>A property that came after a file had as many property columns as it may: it stands in one JSON object with others.</summary>
/// <param name="typed">Its columns, of other files that rows come from.</param>
/// <param name="property">What it is called there.</param>
sealed class RestInput(EventPropertyInput typed, TextColumn rest, string property) : PropertyInput
{
    public override int KeyCount => typed.KeyCount;

    public override int KeyAt(int row) => typed.KeyAt(row) is var key && key == MissingKey && rest.Codes[row] != TextColumn.Null ? Unkeyed : key;

    public override Value ValueAt(int row)
    {
        if (typed.ValueAt(row) is { IsMissing: false } value) return value;
        if (rest.Codes[row] == TextColumn.Null) return Value.Undefined;
        foreach (var (name, json) in JsonMembers.Of(rest.Dictionary.Memory(rest.Codes[row])))
            if (name == property) return JsonValue.Parse(json.Span);
        return Value.Undefined;
    }
}
