using Cairn.Query.Definitions;
using Cairn.Query.Journeys;

namespace Cairn.Query.Revenue;

/// <summary>What one series came to in each bucket, and in the whole range in the place after the last.</summary>
/// <remarks>Filled person by person: a bucket remembers the last person it counted, and counts them once.</remarks>
sealed class RevenueCells
{
    /// <summary>Numbers of four bytes that a bucket holds.</summary>
    const int CellsPerBucket = 9;

    /// <summary>Stands for no person.</summary>
    public const int Nobody = -1;

    readonly Payers payers;
    readonly int[] lastActive, lastPayer;

    public RevenueCells(int bucketCount, Payers payers, CellBudget budget)
    {
        budget.Take(0, (bucketCount + 1) * CellsPerBucket);
        this.payers = payers;
        (Revenue, Refunds) = (new double[bucketCount + 1], new double[bucketCount + 1]);
        (Purchases, PayerCounts, ActiveCounts) = (new int[bucketCount + 1], new int[bucketCount + 1], new int[bucketCount + 1]);
        (lastActive, lastPayer) = (new int[bucketCount + 1], new int[bucketCount + 1]);
        lastActive.AsSpan().Fill(Nobody);
        lastPayer.AsSpan().Fill(Nobody);
    }

    /// <summary>All amounts, refunds taken off.</summary>
    public double[] Revenue { get; }

    /// <summary>The amounts below zero.</summary>
    public double[] Refunds { get; }

    /// <summary>How many events brought an amount above zero.</summary>
    public int[] Purchases { get; }

    public int[] PayerCounts { get; }

    public int[] ActiveCounts { get; }

    /// <summary>Whose names are wanted; null: nobody's.</summary>
    public RevenueWatch? Watch { get; init; }

    /// <summary>Counts one event. A person's events follow each other.</summary>
    /// <param name="amount">NaN: none.</param>
    public void Add(int person, int bucket, bool isActive, double amount)
    {
        AddTo(bucket, person, isActive, amount);
        AddTo(Revenue.Length - 1, person, isActive, amount);
    }

    void AddTo(int place, int person, bool isActive, double amount)
    {
        if (isActive && person != Nobody && lastActive[place] != person)
        {
            lastActive[place] = person;
            ActiveCounts[place]++;
            Watch?.See(person, place, RevenueWho.Active);
        }
        if (double.IsNaN(amount)) return;
        Revenue[place] += amount;
        if (amount < 0) Refunds[place] += amount;
        if (amount > 0) Purchases[place]++;
        if (person == Nobody || lastPayer[place] == person || amount <= 0 && payers == Payers.AboveZero) return;
        lastPayer[place] = person;
        PayerCounts[place]++;
        Watch?.See(person, place, RevenueWho.Payers);
    }
}

/// <summary>A number whose people are wanted.</summary>
/// <param name="place">Its bucket's place.</param>
sealed class RevenueWatch(int place, RevenueWho who)
{
    /// <summary>Codes of the people seen.</summary>
    public List<int> People { get; } = [];

    public void See(int person, int inPlace, RevenueWho asWhat)
    {
        if (inPlace == place && asWhat == who) People.Add(person);
    }
}
