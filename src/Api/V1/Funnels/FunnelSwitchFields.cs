using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;

namespace Cairn.Api.V1.Funnels;

/// <summary>Reads a preset, and single switches of funnels over it.</summary>
static class FunnelSwitchFields
{
    public static Switches Read(DefinitionFields fields)
    {
        var preset = ReportFields.Preset(fields);
        if (fields.Object("switches", "{\"reentry\": \"optimized\"}") is not { } switches) return preset;
        var shared = ReportFields.Over(preset, switches);
        var funnels = Over(preset.Funnels, switches);
        var sessions = SessionSwitchFields.Over(preset.Sessions, switches);
        switches.RefuseOthers();
        return shared with { Funnels = funnels, Sessions = sessions };
    }

    static FunnelSwitches Over(FunnelSwitches preset, DefinitionFields switches)
    {
        var reentry = switches.Choice("reentry", preset.Reentry,
            ("default", FunnelReentry.Default), ("basic", FunnelReentry.Basic), ("optimized", FunnelReentry.Optimized), ("aggressive", FunnelReentry.Aggressive));
        // Whoever asks for another way to re-enter wants the attempts that it brings: with the first one alone nothing would change.
        var attempt = reentry == preset.Reentry ? preset.Attempt : FunnelAttempt.Best;
        return new(
            reentry,
            switches.Choice("attempt", attempt, ("first", FunnelAttempt.First), ("best", FunnelAttempt.Best)),
            switches.Choice("ties", preset.Ties,
                ("stored", StepTies.Stored), ("same_millisecond", StepTies.SameMillisecond), ("same_second", StepTies.SameSecond), ("within_two_seconds", StepTies.WithinTwoSeconds)),
            switches.Choice("window_from", preset.WindowFrom, ("first_step", WindowFrom.FirstStep), ("previous_step", WindowFrom.PreviousStep)),
            switches.Choice("held_unit", preset.HeldUnit, ("person", HeldUnit.Person), ("person_and_value", HeldUnit.PersonAndValue)),
            switches.Choice("segments", preset.Segments, ("each_attempt", FunnelSegments.EachAttempt), ("chosen_attempt", FunnelSegments.ChosenAttempt)),
            switches.Choice("trend", preset.Trend, ("each_bucket", FunnelTrend.EachBucket), ("whole_range", FunnelTrend.WholeRange)),
            switches.Choice("any_order_window", preset.AnyOrderWindow, ("as_given", AnyOrderWindow.AsGiven), ("whole_days", AnyOrderWindow.WholeDays)));
    }
}
