{#- The verdicts of segment_quality in plain words, out of its last CTE. -#}

{% macro segment_coherence_sentence() -%}
    case coherence
        when 'not_judged'
            then called || ' cannot be judged by its features: ' || no_coherence_because || '.'
        when 'coherent'
            then
                'Members of ' || called
                || ' are a kind of their own: they clearly differ from the others, most of all by '
                || main_features || '.'
        when 'partly'
            then
                'Members of ' || called || ' differ somewhat from the others, most of all by '
                || main_features || '.'
        else
            'Members of ' || called
            || ' hardly differ from the others in the features looked at: a name more than a kind'
            || ' of contact.'
    end
{%- endmacro %}

{% macro segment_stability_sentence() -%}
    case stability
        when 'not_judged'
            then called || ' cannot be judged over time yet: ' || no_stability_because || '.'
        when 'flapping'
            then
                {{ percent_text('flap_rate') }} || ' of those ever in ' || called
                || ' left it and came back: its limit runs through the middle of what they do.'
        when 'changing'
            then
                called || ' holds other people each month: '
                || {{ percent_text('mean_jaccard') }}
                || ' of those in it at one of two successive month-ends were in it at both.'
        when 'moving'
            then
                called || ' changes slowly: ' || {{ percent_text('mean_jaccard') }}
                || ' of those in it at one of two successive month-ends were in it at both.'
        else
            called || ' is steady: ' || {{ percent_text('mean_jaccard') }}
            || ' of those in it at one of two successive month-ends were in it at both.'
    end
{%- endmacro %}

{% macro segment_prediction_sentence(days) -%}
    case
        when prediction = 'not_judged'
            then
                'What ' || called || ' says about the next {{ days }} days cannot be judged: '
                || no_prediction_because || '.'
        else
            {{ percent_text('rate') }} || ' of the ' || judged_contacts
            || case when outcome = 'repurchase' then ' buyers in ' else ' contacts in ' end
            || called || ' on ' || cast(judged_on as {{ dbt.type_string() }})
            || case
                when outcome = 'repurchase' then ' bought again'
                else ' opened, clicked, visited or bought'
            end
            || ' within {{ days }} days, and ' || {{ percent_text('other_rate') }}
            || ' of the others: '
            || case prediction
                when 'no_difference' then 'no difference that chance would not make.'
                else
                    'beyond chance.'
                    || case addition
                        when 'adds' then ' It tells more than the columns it is made of.'
                        when 'shorthand'
                            then ' It says in a word what a model needs several columns for.'
                        when 'adds_nothing'
                            then ' It tells nothing that the columns it is made of do not.'
                        else ''
                    end
            end
    end
{%- endmacro %}
