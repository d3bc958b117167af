using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Cohorts;

/// <summary>What a cohort's conditions read beside times and masks: values of events, and the people's properties.</summary>
/// <remarks>One worker's own.</remarks>
sealed class CohortValues
{
    readonly CohortPlan plan;
    readonly GroupKeys groups;
    readonly ValueMemo<double>?[] numberOf;
    readonly ValueMemo<int>?[] groupOf;
    readonly double[][] numbers;
    readonly int[][] values;
    readonly int[][] counts;
    readonly HashSet<int> different = [];
    double[] found = [];
    int[] rows = [];
    double[] readNumbers = [];
    int[] readValues = [];

    public CohortValues(CohortPlan plan, People people, TextPool persons, ReportMemory memory)
    {
        groups = new("", memory);
        (this.plan, People, Persons) = (plan, people, persons);
        numberOf = [.. plan.Columns.Select(column => column.IsNumber ? new ValueMemo<double>(column.Expression, value => value.Kind == ValueKind.Number ? value.Number : double.NaN) : null)];
        groupOf = [.. plan.Columns.Select(column => column.IsNumber ? null : new ValueMemo<int>(column.Expression, groups.NumberOf))];
        numbers = [.. plan.Columns.Select(_ => Array.Empty<double>())];
        values = [.. plan.Columns.Select(_ => Array.Empty<int>())];
        counts = [.. plan.Counts.Select(_ => Array.Empty<int>())];
    }

    public People People { get; }

    /// <summary>The ids of persons by their codes.</summary>
    public TextPool Persons { get; }

    /// <summary>Reads the values at the rows whose conditions ask for them.</summary>
    public void Read(PartColumns part, StepMatches matches)
    {
        for (var count = 0; count < counts.Length; count++)
        {
            if (counts[count].Length < matches.PersonCount) counts[count] = new int[matches.PersonCount];
            var asked = plan.Counts[count];
            var own = counts[count].AsSpan(0, matches.PersonCount);
            if (asked.FromMs <= plan.Range.FromMs && asked.UntilMs >= plan.Range.UntilMs) CohortKernel.CountAll(matches.Starts, matches.Masks, asked.Bit, own);
            else CohortKernel.CountAll(matches.Starts, matches.Times, matches.Masks, asked.Bit, asked.FromMs, asked.UntilMs, own);
        }
        for (var column = 0; column < plan.Columns.Count; column++)
        {
            if (rows.Length < matches.RowCount) (rows, readNumbers, readValues) = (new int[matches.RowCount], new double[matches.RowCount], new int[matches.RowCount]);
            var masks = matches.Masks;
            var all = matches.Rows;
            var (bit, count) = (1u << plan.Columns[column].Bit, 0);
            for (var i = 0; i < all.Length; i++)
                if ((masks[i] & bit) != 0) rows[count++] = all[i];
            var next = 0;
            if (numberOf[column] is { } number)
            {
                if (numbers[column].Length < all.Length) numbers[column] = new double[all.Length];
                number.Evaluate(part, rows.AsSpan(0, count), readNumbers.AsSpan(0, count));
                for (var i = 0; i < all.Length; i++)
                    if ((masks[i] & bit) != 0) numbers[column][i] = readNumbers[next++];
            }
            else
            {
                if (values[column].Length < all.Length) values[column] = new int[all.Length];
                groupOf[column]!.Evaluate(part, rows.AsSpan(0, count), readValues.AsSpan(0, count));
                for (var i = 0; i < all.Length; i++)
                    if ((masks[i] & bit) != 0) values[column][i] = readValues[next++];
            }
        }
    }

    /// <summary>One of the plan's counts for each person of the shard with rows that matter.</summary>
    public ReadOnlySpan<int> CountsOf(int count, int personCount) => counts[count].AsSpan(0, personCount);

    /// <summary>One of the plan's counts for a person.</summary>
    public int CountOf(in CohortPerson person, int count) => person.Index < 0 ? 0 : counts[count][person.Index];

    /// <summary>The numbers at a person's rows of one condition within a window.</summary>
    /// <returns>Good until the next call.</returns>
    public Span<double> Numbers(in CohortPerson person, int column, uint bit, long fromMs, long untilMs)
    {
        if (found.Length < person.Times.Length) found = new double[Math.Max(64, person.Times.Length * 2)];
        var count = 0;
        for (var row = 0; row < person.Times.Length; row++)
        {
            if ((person.Masks[row] & bit) == 0 || person.Times[row] < fromMs || person.Times[row] >= untilMs) continue;
            var number = numbers[column][person.Start + row];
            if (!double.IsNaN(number)) found[count++] = number;
        }
        return found.AsSpan(0, count);
    }

    /// <summary>How many different values a person's rows of one condition have within a window.</summary>
    public int CountDistinct(in CohortPerson person, int column, uint bit, long fromMs, long untilMs)
    {
        different.Clear();
        for (var row = 0; row < person.Times.Length; row++)
        {
            if ((person.Masks[row] & bit) == 0 || person.Times[row] < fromMs || person.Times[row] >= untilMs) continue;
            var value = values[column][person.Start + row];
            if (value < 0) foreach (var element in groups.ElementsOf(value)) Add(element);
            else Add(value);
        }
        return different.Count;
    }

    void Add(int value)
    {
        if (groups.Texts[value] is not null) different.Add(value);
    }
}
