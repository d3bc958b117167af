using Cairn.Query.Definitions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>The number of each person in each cell. Rows of one person stand together, so that a cell holds one person's number at a time.</summary>
/// <remarks>Meaning: docs/semantics/segmentation.md, "Per person"; the naive twin is the tests' oracle.</remarks>
/// <param name="finished">Told of each person's number once the cell's next person comes, or at the end.</param>
sealed class PersonNumbers(UserNumber of, ReportMemory memory, PersonNumbers.Finished finished)
{
    /// <param name="person">As numbered in the rows.</param>
    public delegate void Finished(int cell, int person, double number);

    const int Nobody = -1, NoSession = -1;

    readonly Aggregate? kind = (of as UserNumber.Property)?.Kind;
    readonly bool isCount = of is UserNumber.Events;
    readonly bool isSessions = of is UserNumber.Sessions;
    readonly PairTable? values = of is UserNumber.Distinct ? new(memory) : null;
    int[] persons = [], counts = [];
    double[] numbers = [];

    /// <summary>Bytes that a cell takes.</summary>
    public const int BytesPerCell = 2 * sizeof(int) + sizeof(double);

    public void Grow(int cellCount)
    {
        var known = persons.Length;
        Array.Resize(ref persons, cellCount);
        Array.Resize(ref counts, cellCount);
        Array.Resize(ref numbers, cellCount);
        persons.AsSpan(known).Fill(Nobody);
    }

    /// <param name="cells">Each row's cell; negative: the row counts nowhere.</param>
    /// <param name="personOf">Each row's person; negative: nobody, who has no number.</param>
    /// <param name="numberOf">Each row's number, or the number of its value or of its session, rows of one session together; empty where events are counted.</param>
    public void Count(ReadOnlySpan<int> cells, ReadOnlySpan<int> personOf, ReadOnlySpan<double> numberOf)
    {
        for (var row = 0; row < cells.Length; row++)
        {
            var (cell, person) = (cells[row], personOf[row]);
            if (cell < 0 || person < 0) continue;
            if (persons[cell] != person)
            {
                Finish(cell);
                (persons[cell], counts[cell], numbers[cell]) = (person, 0, isSessions ? NoSession : 0);
            }
            if (isCount) counts[cell]++;
            else if (isSessions) AddSession(cell, numberOf[row]);
            else if (values is not null) AddValue(cell, person, (int)numberOf[row]);
            else Add(cell, numberOf[row]);
        }
    }

    /// <summary>Tells of the last person of every cell; no rows may follow.</summary>
    public void FinishAll()
    {
        for (var cell = 0; cell < persons.Length; cell++) Finish(cell);
    }

    void Add(int cell, double number)
    {
        var isFirst = counts[cell]++ == 0;
        ref var own = ref numbers[cell];
        own = kind switch
        {
            Aggregate.Least => isFirst ? number : Math.Min(own, number),
            Aggregate.Greatest => isFirst ? number : Math.Max(own, number),
            _ => own + number,
        };
    }

    void AddSession(int cell, double session)
    {
        if (numbers[cell] == session) return;
        numbers[cell] = session;
        counts[cell]++;
    }

    void AddValue(int cell, int person, int value)
    {
        ref var last = ref values!.At(cell, value);
        if (last == person) return;
        last = person;
        counts[cell]++;
    }

    void Finish(int cell)
    {
        if (persons[cell] == Nobody) return;
        var number = kind switch { null => counts[cell], Aggregate.Average => numbers[cell] / counts[cell], _ => numbers[cell] };
        finished(cell, persons[cell], number);
        persons[cell] = Nobody;
    }
}
