using Cairn.Query.Definitions;
using Cairn.Query.Journeys;

namespace Cairn.Query.LifetimeValue;

/// <summary>The people of one series by row and age. Each person is in one row.</summary>
/// <remarks>People are added by how many ages they have reached; what each age comes to is added up when all are in.</remarks>
sealed class LifetimeValueCells(LifetimeValuePlan plan, CellBudget budget)
{
    readonly int ageCount = plan.Ages.Length;

    /// <summary>For each row, null where nobody was born.</summary>
    readonly Row?[] rows = new Row[plan.Rows.Count];

    /// <summary>Whose names are wanted; null: nobody's.</summary>
    public LifetimeValueWatch? Watch { get; init; }

    public Row? this[int row] => rows[row];

    /// <param name="reached">How many ages the person has reached.</param>
    /// <param name="total">What they brought altogether.</param>
    /// <param name="sums">What they had brought at each age.</param>
    /// <param name="firstPaid">See <see cref="LifetimeValueKernel.Sum"/>.</param>
    public void Add(int person, int row, int reached, double total, ReadOnlySpan<double> sums, int firstPaid)
    {
        var own = rows[row] ??= Make();
        own.Size++;
        own.Revenue += total;
        own.SizeByReached[reached]++;
        if (firstPaid >= 0)
        {
            own.Payers++;
            own.PayersByReached[reached]++;
        }
        for (var age = 0; age < reached; age++)
        {
            own.Sums[age] += sums[age];
            if (firstPaid >= 0 && firstPaid <= age) own.Paid[age]++;
            if (firstPaid == age) own.NewlyPaid[age]++;
        }
        Watch?.See(person, row, reached, firstPaid);
    }

    Row Make()
    {
        budget.Take(0, 6 * (ageCount + 1));
        return new(ageCount);
    }

    /// <summary>The people born in one day, week or month.</summary>
    public sealed class Row(int ageCount)
    {
        public int Size { get; set; }

        /// <summary>Of them, who ever paid.</summary>
        public int Payers { get; set; }

        /// <summary>What all of them brought until today.</summary>
        public double Revenue { get; set; }

        /// <summary>People by how many ages they have reached, and those of them who ever paid.</summary>
        public int[] SizeByReached { get; } = new int[ageCount + 1];

        public int[] PayersByReached { get; } = new int[ageCount + 1];

        /// <summary>What those who reached an age had brought by then, and how many of them had paid.</summary>
        public double[] Sums { get; } = new double[ageCount];

        public int[] Paid { get; } = new int[ageCount];

        /// <summary>And how many of these had not at the age before.</summary>
        public int[] NewlyPaid { get; } = new int[ageCount];
    }
}

/// <summary>A number whose people are wanted.</summary>
/// <param name="row">As many as there are rows: any.</param>
/// <param name="age">Its place; -1: whatever age they have reached.</param>
sealed class LifetimeValueWatch(int row, int rowCount, int age, LifetimeValueWho who)
{
    /// <summary>Codes of the people seen.</summary>
    public List<int> People { get; } = [];

    public void See(int person, int inRow, int reached, int firstPaid)
    {
        if (row < rowCount && inRow != row || age >= reached) return;
        var isMeant = who switch
        {
            LifetimeValueWho.Everyone => true,
            LifetimeValueWho.EverPaid => firstPaid >= 0,
            LifetimeValueWho.Paid => firstPaid >= 0 && (age < 0 || firstPaid <= age),
        };
        if (isMeant) People.Add(person);
    }
}
